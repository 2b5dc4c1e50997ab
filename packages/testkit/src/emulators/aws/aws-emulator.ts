/** An AWS Secrets Manager that lives in the process of the test: signatures are checked, rights and clocks too. */
import { randomBytes, randomUUID } from 'node:crypto';
import {
  type EmulatedAnswer,
  type EmulatedRequest,
  type Emulator,
  jsonBody,
  startEmulator,
} from '../emulator-server.ts';
import { AwsFault, AwsSecrets, type Input } from './aws-secrets.ts';
import { type AwsKey, checkSignature } from './signature.ts';

export interface AwsEmulator extends Emulator {
  /** May do all. It does not end. */
  readonly key: AwsKey;
  /** What is there, by name. */
  readonly names: readonly string[];
  /** @param may Which operations it may use, on which secret. @default all */
  newKey(options?: { readonly ttlS?: number; readonly may?: (operation: string, secret: string) => boolean }): AwsKey;
  revokeKey(key: AwsKey): void;
  /** Does an operation past the network: `call('CreateSecret', { Name, SecretString })`. */
  call(operation: string, input: Input): Input;
}

interface Grant {
  readonly key: AwsKey;
  readonly may: (operation: string, secret: string) => boolean;
}

/** What the service says where it is asked too often; for `fault`. */
export const AWS_THROTTLED: EmulatedAnswer = answer(400, { __type: 'ThrottlingException', message: 'Rate exceeded' });

/** @param now Wall clock of the service, in milliseconds. */
export async function startAwsEmulator({ now = Date.now }: { readonly now?: () => number } = {}): Promise<AwsEmulator> {
  const secrets = new AwsSecrets(now);
  const grants: Grant[] = [];
  const newKey: AwsEmulator['newKey'] = ({ ttlS, may = () => true } = {}) => {
    const key: AwsKey = {
      accessKeyId: `${ttlS === undefined ? 'AKIA' : 'ASIA'}${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      ...(ttlS === undefined
        ? {}
        : { sessionToken: randomBytes(60).toString('base64'), expiresAt: now() + ttlS * 1_000 }),
    };
    grants.push({ key, may });
    return key;
  };
  const key = newKey();
  const handle = (request: EmulatedRequest): EmulatedAnswer => {
    const checked = checkSignature(
      request,
      grants.map(grant => grant.key),
      now(),
    );
    if ('type' in checked) return answer(checked.status, { __type: checked.type, message: checked.message });
    const grant = grants.find(each => each.key === checked);
    try {
      return answer(200, call(secrets, operationOf(request), jsonBody(request) ?? {}, grant?.may));
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      // With the name of a model before it, as some of their services have it.
      const __type = `com.amazonaws.secretsmanager#${error.type}`;
      return answer(
        error.status,
        error.type === 'AccessDeniedException'
          ? { __type: error.type, Message: error.message }
          : { __type, Message: error.message },
      );
    }
  };
  const emulator = await startEmulator(handle, { now });
  return {
    ...emulator,
    key,
    get names() {
      return secrets.names;
    },
    newKey,
    revokeKey: revoked =>
      void grants.splice(
        grants.findIndex(grant => grant.key === revoked),
        1,
      ),
    call: (operation, input) => call(secrets, operation, input, undefined),
  };
}

function operationOf({ headers }: EmulatedRequest): string {
  return /^secretsmanager\.(\w+)$/.exec(headers['x-amz-target'] ?? '')?.[1] ?? '';
}

function call(secrets: AwsSecrets, operation: string, input: Input, may: Grant['may'] = () => true): Input {
  const name = String(input.SecretId ?? input.Name ?? '*');
  const denied = (asked: string, secret: string): AwsFault | undefined =>
    may(asked, secret)
      ? undefined
      : new AwsFault(
          'AccessDeniedException',
          `User: arn:aws:iam::123456789012:user/tests is not authorized to perform: secretsmanager:${asked} on resource: ${secret} because no identity-based policy allows the secretsmanager:${asked} action`,
        );
  const refused = denied(operation, name);
  if (refused !== undefined) throw refused;
  const run = OPERATIONS[operation];
  if (operation === 'BatchGetSecretValue') return secrets.batch(input, secret => denied('GetSecretValue', secret));
  if (run !== undefined) return run(secrets, input);
  throw new AwsFault('UnknownOperationException', `Operation ${operation} is not known`);
}

const OPERATIONS: Readonly<Record<string, (secrets: AwsSecrets, input: Input) => Input>> = {
  CreateSecret: (secrets, input) => secrets.create(input),
  DeleteSecret: (secrets, input) => secrets.delete(input),
  DescribeSecret: (secrets, input) => secrets.describe(input),
  GetSecretValue: (secrets, input) => secrets.get(input),
  ListSecrets: secrets => secrets.list(),
  ListSecretVersionIds: (secrets, input) => secrets.listVersions(input),
  PutSecretValue: (secrets, input) => secrets.put(input),
  RestoreSecret: (secrets, input) => secrets.restore(input),
  RotateSecret: (secrets, input) => secrets.rotate(input),
  UpdateSecretVersionStage: (secrets, input) => secrets.moveStage(input),
};

function answer(status: number, body: unknown): EmulatedAnswer {
  return { status, body, headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() } };
}
