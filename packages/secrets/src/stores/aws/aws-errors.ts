/** What the refusals of Secrets Manager mean. @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html */
import { SecretError, type SecretErrorCode } from '@quality-hub/protocol';
import { type Classification, classify } from '@quality-hub/resilience';

/** The parts of an error of the SDK, or of one entry of a batch, that say what it is. */
export interface AwsTrouble {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

const THROTTLED = /^(?:Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|LimitExceeded)/;
const UNKNOWN_TO_THEM =
  /^(?:UnrecognizedClient|InvalidClientTokenId|MissingAuthenticationToken|IncompleteSignature|InvalidSignature|SignatureDoesNotMatch)/;

/** Carries an answer through the policy: whether it may be tried again, and when. */
export class AwsRefusal extends Error {
  readonly trouble: AwsTrouble;

  constructor(trouble: AwsTrouble) {
    super(trouble.message);
    this.name = 'AwsRefusal';
    this.trouble = trouble;
  }

  get classification(): Classification {
    const { trouble } = this;
    const { httpStatusCode: status, clockSkewCorrected } = trouble.$metadata ?? {};
    const answered = status !== undefined;
    if (!answered) return classify(trouble);
    const code = `${trouble.name} ${status}`;
    const after = Number(trouble.$response?.headers?.['retry-after']);
    const wait = Number.isFinite(after) && after > 0 ? { retryAfterMs: after * 1_000 } : {};
    if (THROTTLED.test(trouble.name) || status === 429)
      return { lasting: 'transient', blame: 'dependency', applied: 'no', answered, throttled: true, code, ...wait };
    // The SDK has learnt from the answer by how much our clock differs, and signs the next request right.
    if (clockSkewCorrected) return { lasting: 'transient', blame: 'credential', applied: 'no', answered, code };
    if (status >= 500) return { lasting: 'transient', blame: 'dependency', applied: 'maybe', answered, code, ...wait };
    return { lasting: 'permanent', blame: 'caller', applied: 'no', answered, code };
  }
}

/** @param doing `read shop/db`; @param version What was asked for besides the current one */
export function awsError(trouble: AwsTrouble, store: string, doing: string, version?: string): SecretError {
  const { name, message } = trouble;
  const make = (code: SecretErrorCode, hint: string): SecretError =>
    new SecretError(code, `${store} cannot ${doing}. ${name}: ${message}`, hint, causeOf(trouble));
  if (name === 'ResourceNotFoundException') {
    if (version !== undefined || /secret value for (?:staging label|VersionId)/.test(message))
      return versionError(trouble, store, doing, version, make);
    return make('QH_SECRET_NOT_FOUND', 'Compare name, account and region with `aws secretsmanager list-secrets`');
  }
  if (/^AccessDenied/.test(name))
    return make(
      'QH_SECRET_DENIED',
      'Add this action on this secret to a policy of the role; a resource policy may refuse it as well',
    );
  if (name === 'DecryptionFailure' || name === 'KMSAccessDeniedException')
    return make(
      'QH_SECRET_DENIED',
      'The role needs kms:Decrypt on the key of this secret, and the key has to be enabled',
    );
  if (/^ExpiredToken|^RequestExpired/.test(name))
    return make(
      'QH_SECRET_AUTH',
      'The credentials are over: sign in again, or let the chain of the SDK get new ones by itself',
    );
  if (/Signature (?:expired|not yet current)|RequestTimeTooSkewed/.test(`${name} ${message}`))
    return make('QH_SECRET_SKEW', 'The clock of this machine is wrong: compare `date -u` with another one');
  if (UNKNOWN_TO_THEM.test(name))
    return make(
      'QH_SECRET_AUTH',
      'The key is wrong, deleted, or of another partition: compare with `aws sts get-caller-identity`',
    );
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError')
    return make(
      'QH_SECRET_AUTH',
      'Give a role to the job or the machine, set AWS_PROFILE, or sign in with `aws sso login`',
    );
  if (name === 'InvalidRequestException' && /marked for deletion/.test(message))
    return make(
      'QH_SECRET_REVOKED',
      'Somebody has deleted it: `aws secretsmanager restore-secret` brings it back for some days',
    );
  if (THROTTLED.test(name))
    return make(
      'QH_SECRET_THROTTLED',
      'Too many requests of this account and region: keep values longer (ttlMs), or ask for less',
    );
  const { httpStatusCode: status } = trouble.$metadata ?? {};
  if (status !== undefined && status >= 500)
    return make('QH_SECRET_UNREACHABLE', 'AWS has failed: look at its health dashboard');
  return make('QH_SECRET_INVALID', 'Compare what was asked with the documentation of Secrets Manager');
}

function versionError(
  trouble: AwsTrouble,
  store: string,
  doing: string,
  version: string | undefined,
  make: (code: SecretErrorCode, hint: string) => SecretError,
): SecretError {
  if (!/secret value for/.test(trouble.message))
    return make('QH_SECRET_NOT_FOUND', 'Compare name, account and region with `aws secretsmanager list-secrets`');
  return new SecretError(
    'QH_SECRET_VERSION',
    `${store} cannot ${doing}: it has no version ${version ?? 'that is current'}, or one without a value`,
    'A rotation that stands half done has such a version: look at `aws secretsmanager describe-secret`',
    causeOf(trouble),
  );
}

/** The error of the SDK holds the whole exchange, with the token that signed it. */
function causeOf({ name, message, stack }: AwsTrouble): Error {
  return Object.assign(new Error(message), { name, ...(stack === undefined ? {} : { stack }) });
}
