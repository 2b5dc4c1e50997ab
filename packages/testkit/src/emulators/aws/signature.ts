/** Checks a signature of version 4 for real. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { EmulatedRequest } from '../emulator-server.ts';

export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of a key that ends. */
  readonly sessionToken?: string;
  /** Milliseconds of the wall clock. @default never */
  readonly expiresAt?: number;
}

export interface SignatureProblem {
  readonly type: string;
  readonly status: number;
  readonly message: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const WINDOW_MS = 300_000;
const FORM =
  /^AWS4-HMAC-SHA256 Credential=(?<id>[^/]+)\/(?<day>\d{8})\/(?<region>[^/]+)\/(?<service>[^/]+)\/aws4_request, ?SignedHeaders=(?<names>[^,]+), ?Signature=(?<signature>[0-9a-f]{64})$/;

/** What is wrong with a request; or whose it is. */
export function checkSignature(
  request: EmulatedRequest,
  keys: readonly AwsKey[],
  now: number,
): SignatureProblem | AwsKey {
  const { authorization, 'x-amz-date': date = '', 'x-amz-security-token': sessionToken } = request.headers;
  if (authorization === undefined)
    return problem('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  const { id, day, region, service, names, signature } = FORM.exec(authorization)?.groups ?? {};
  if (
    day === undefined ||
    region === undefined ||
    service === undefined ||
    names === undefined ||
    signature === undefined
  )
    return problem('IncompleteSignatureException', `Authorization header is not of the form ${ALGORITHM}`);
  const key = keys.find(({ accessKeyId }) => accessKeyId === id);
  if (key === undefined || key.sessionToken !== sessionToken)
    return problem('UnrecognizedClientException', 'The security token included in the request is invalid.');
  const signedAt = momentOf(date);
  if (key.expiresAt !== undefined && now >= key.expiresAt)
    return problem('ExpiredTokenException', 'The security token included in the request is expired');
  if (signedAt < now - WINDOW_MS)
    return problem(
      'InvalidSignatureException',
      `Signature expired: ${date} is now earlier than ${stamp(now - WINDOW_MS)} (${stamp(now)} - 5 min.)`,
    );
  if (signedAt > now + WINDOW_MS)
    return problem(
      'InvalidSignatureException',
      `Signature not yet current: ${date} is still later than ${stamp(now + WINDOW_MS)} (${stamp(now)} + 5 min.)`,
    );
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = [ALGORITHM, date, scope, sha256(canonical(request, names))].join('\n');
  const signing = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${key.secretAccessKey}`, day));
  const right = createHmac('sha256', signing).update(text).digest();
  if (timingSafeEqual(right, Buffer.from(signature, 'hex'))) return key;
  return problem(
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );
}

/** Secrets Manager has no query, and one path. */
function canonical({ method, path, headers, body }: EmulatedRequest, names: string): string {
  const lines = names.split(';').map(name => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`);
  return [method, path, '', ...lines, '', names, sha256(body)].join('\n');
}

function problem(type: string, message: string, status = 400): SignatureProblem {
  return { type, message, status };
}

function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** `20260101T000000Z` */
function stamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');
}

function momentOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
