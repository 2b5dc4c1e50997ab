/** AWS Signature Version 4, through the library that the AWS SDK signs with. */
import type { SignatureV4 } from '@smithy/signature-v4';
import { type Auth, openSecret, type SecretText, type SignableRequest } from './auth.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: SecretText;
  readonly sessionToken?: SecretText;
}

export interface AwsAuthOptions {
  readonly region: string;
  /** `execute-api`, `s3`, `secretsmanager` … */
  readonly service: string;
  /** A function is asked before each request, so that credentials can expire. */
  readonly credentials: AwsCredentials | (() => Promise<AwsCredentials>);
  /** @default Date.now */
  readonly now?: () => number;
}

/** What goes into the signature: what nobody on the way changes. */
const SIGNED = /^(?:content-type|content-md5|date|x-amz-.*)$/;

/** Signs each attempt anew: a signature holds for some minutes only. A body that is a stream is not covered by it. */
export function awsAuth(options: AwsAuthOptions): Auth {
  const { region, service, credentials, now = Date.now } = options;
  return {
    kind: 'aws',
    sign: async (request, context) => {
      const given = typeof credentials === 'function' ? await credentials() : credentials;
      const sessionToken = given.sessionToken === undefined ? undefined : await openSecret(given.sessionToken, context);
      const signer = await newSigner({
        region,
        service,
        accessKeyId: given.accessKeyId,
        secretAccessKey: await openSecret(given.secretAccessKey, context),
        sessionToken,
      });
      const { headers } = await signer.sign(signable(request), { signingDate: new Date(now()) });
      // Undici writes the host itself, the same that was signed.
      const { host: _, ...added } = headers;
      return { headers: added };
    },
  };
}

async function newSigner(options: {
  readonly region: string;
  readonly service: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}): Promise<SignatureV4> {
  const [{ SignatureV4: Signer }, { Sha256 }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@aws-crypto/sha256-js'),
  ]);
  const { region, service, accessKeyId, secretAccessKey, sessionToken } = options;
  return new Signer({
    region,
    service,
    sha256: Sha256,
    // S3 alone signs the path as it is sent; all others sign it encoded once more.
    uriEscapePath: service !== 's3',
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  });
}

function signable({ method, origin, path, headers, body }: SignableRequest): Parameters<SignatureV4['sign']>[0] {
  const { protocol, hostname, port, host } = new URL(origin);
  const mark = path.indexOf('?');
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(mark < 0 ? '' : path.slice(mark))) {
    const before = query[name];
    query[name] = before === undefined ? value : [before, value].flat();
  }
  const streamed = typeof body === 'function';
  return {
    method,
    protocol,
    hostname,
    path: mark < 0 ? path : path.slice(0, mark),
    query,
    headers: {
      host,
      ...Object.fromEntries(Object.entries(headers).filter(([name]) => SIGNED.test(name))),
      ...(streamed ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {}),
    },
    ...(port === '' ? {} : { port: Number(port) }),
    ...(body === undefined || streamed ? {} : { body }),
  };
}
