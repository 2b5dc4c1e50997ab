/** What the refusals of Key Vault and of Entra ID mean. @see https://learn.microsoft.com/azure/key-vault/general/rest-error-codes */
import { SecretError, type SecretErrorCode } from '@quality-hub/protocol';
import { type Classification, classify, retryAfterMs } from '@quality-hub/resilience';

/** The parts of an error of the SDK that say what it is. */
export interface AzureTrouble {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly statusCode?: number;
  /** What was sent; with the token. */
  readonly request?: object;
  readonly response?: { readonly headers: { get(name: string): string | undefined } };
}

/** The body of a refusal. */
export interface VaultSaid {
  readonly code?: string;
  readonly message?: string;
  /** Says it more exactly. */
  readonly inner?: string;
}

export function whatItSaid(body: string | null | undefined): VaultSaid {
  try {
    const { error } = JSON.parse(body ?? '') as {
      error: { code?: string; message?: string; innererror?: { code?: string } };
    };
    const { code, message, innererror: { code: inner } = {} } = error;
    return {
      ...(code === undefined ? {} : { code }),
      ...(message === undefined ? {} : { message }),
      ...(inner === undefined ? {} : { inner }),
    };
  } catch {
    // A proxy has answered, perhaps.
    return {};
  }
}

/** Carries an answer through the policy: whether it may be tried again, and when. */
export class AzureRefusal extends Error {
  readonly trouble: AzureTrouble;
  readonly said: VaultSaid;
  readonly #now: number;

  constructor(trouble: AzureTrouble, said: VaultSaid, now: number) {
    super(trouble.message);
    this.name = 'AzureRefusal';
    this.trouble = trouble;
    this.said = said;
    this.#now = now;
  }

  get classification(): Classification {
    const { trouble } = this;
    const { code, statusCode } = trouble;
    if (isSignIn(trouble)) return { lasting: 'permanent', blame: 'credential', applied: 'no', answered: true };
    const told = classify(
      statusCode === undefined ? { name: trouble.name, message: trouble.message, code } : { statusCode },
    );
    const wait = retryAfterMs(trouble.response?.headers.get('retry-after'), this.#now);
    return wait === undefined ? told : { ...told, retryAfterMs: wait };
  }
}

/** Of @azure/identity: it never came to the vault. */
export function isSignIn({ name }: AzureTrouble): boolean {
  return /^(?:CredentialUnavailable|Authentication|AggregateAuthentication|ClientAuth|Interaction)/.test(name);
}

/** @param doing `read shop-db`; @param version What was asked for besides the current one */
export function azureError(
  trouble: AzureTrouble,
  { code = trouble.code ?? trouble.name, message = trouble.message, inner }: VaultSaid,
  store: string,
  doing: string,
  version?: string,
): SecretError {
  const { statusCode = 0 } = trouble;
  const named = inner === undefined ? code : `${code}, ${inner}`;
  const told = `${store} cannot ${doing}. ${named}: ${(message.split('\n')[0] ?? '').trim()}`;
  const make = (errorCode: SecretErrorCode, hint: string): SecretError =>
    new SecretError(errorCode, told, hint, causeOf(trouble));
  if (isSignIn(trouble)) return signInError(trouble, make);
  if (statusCode === 401)
    return make('QH_SECRET_AUTH', 'The vault does not take our token: does it belong to the same tenant as the vault');
  if (statusCode === 404 && version !== undefined)
    return make('QH_SECRET_VERSION', 'Compare with `az keyvault secret list-versions`; the name may be wrong as well');
  if (statusCode === 404)
    return make(
      'QH_SECRET_NOT_FOUND',
      'Compare name and vault with `az keyvault secret list`; what was deleted can be recovered',
    );
  if (inner === 'SecretDisabled')
    return make('QH_SECRET_REVOKED', 'Somebody has disabled it: enable it, or ask for another version');
  if (inner === 'ForbiddenByFirewall')
    return make(
      'QH_SECRET_DENIED',
      'The firewall of the vault keeps this machine out: add its address, or run inside the network',
    );
  if (statusCode === 403)
    return make(
      'QH_SECRET_DENIED',
      'The identity needs the role "Key Vault Secrets User" on this vault, or an access policy',
    );
  if (inner === 'ObjectIsDeletedButRecoverable' || inner === 'ObjectIsBeingDeleted')
    return make('QH_SECRET_REVOKED', 'Its name is kept while it can be recovered: recover it, or purge it');
  if (statusCode === 429)
    return make(
      'QH_SECRET_THROTTLED',
      'Too many requests to this vault: keep values longer (ttlMs), or use a vault of your own',
    );
  if (statusCode >= 500) return make('QH_SECRET_UNREACHABLE', 'Azure has failed: look at its status page');
  return make('QH_SECRET_INVALID', 'Compare what was asked with the documentation of Key Vault');
}

/** @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
function signInError(
  { message, name }: AzureTrouble,
  make: (code: SecretErrorCode, hint: string) => SecretError,
): SecretError {
  if (/AADSTS7000222/.test(message))
    return make('QH_SECRET_AUTH', 'The secret of the application is over: make a new one');
  if (/AADSTS7000215/.test(message))
    return make('QH_SECRET_AUTH', 'The secret of the application is wrong: give its value, not its id');
  if (/AADSTS70002[14]/.test(message))
    return make(
      'QH_SECRET_SKEW',
      'The token of the job is over or not yet valid: get it right before it is used, and compare `date -u`',
    );
  if (/AADSTS70021\b|AADSTS700211|AADSTS700213/.test(message))
    return make(
      'QH_SECRET_AUTH',
      'The federated credential of the application is for another issuer, repository, branch or environment',
    );
  if (name.startsWith('CredentialUnavailable') || name.startsWith('AggregateAuthentication'))
    return make(
      'QH_SECRET_AUTH',
      'Give the job or the machine an identity, set AZURE_CLIENT_ID and its like, or sign in with `az login`',
    );
  return make('QH_SECRET_AUTH', 'Compare tenant, client and secret with those of the application');
}

/** The error of the SDK holds the request, with the token. */
function causeOf({ name, message, stack }: AzureTrouble): Error {
  return Object.assign(new Error(message), { name, ...(stack === undefined ? {} : { stack }) });
}
