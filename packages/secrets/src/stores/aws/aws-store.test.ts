import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Registry } from '@quality-hub/resilience';
import {
  AWS_THROTTLED,
  type AwsEmulator,
  FakeClock,
  startAwsEmulator,
  startServer,
  startTlsFront,
} from '@quality-hub/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RemoteSeams } from '../remote/remote-seams.ts';
import type { AwsStoreOptions } from './aws-options.ts';
import { awsStore } from './aws-store.ts';
import { awsStoreSchema } from './options-schema.ts';

const { signal } = new AbortController();
let aws: AwsEmulator;
beforeEach(async () => {
  aws = await startAwsEmulator();
  aws.call('CreateSecret', { Name: 'shop/db', SecretString: 'first-4711' });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

const open = (options: AwsStoreOptions = {}, seams: RemoteSeams = {}) =>
  awsStore({ region: 'eu-central-1', endpoint: aws.url, credentials: aws.key, ...options }, { env: {}, ...seams });
const asked = (operation: string): number =>
  aws.requests.filter(({ headers }) => headers['x-amz-target'] === `secretsmanager.${operation}`).length;

describe('signing in', () => {
  test('a key that is wrong, deleted or over is told, and nothing of it is shown', async () => {
    const over = aws.newKey({ ttlS: -1 });
    const deleted = aws.newKey();
    aws.revokeKey(deleted);
    const cases = [
      [{ ...aws.key, secretAccessKey: 'another-key-4711' }, 'InvalidSignatureException', 'aws sts get-caller-identity'],
      [deleted, 'UnrecognizedClientException', 'aws sts get-caller-identity'],
      [over, 'ExpiredTokenException', 'The credentials are over'],
    ] as const;
    for (const [{ accessKeyId, secretAccessKey, sessionToken }, name, hint] of cases) {
      const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
      const store = open({ credentials });
      const error = await store.read('shop/db', { signal }).catch(thrown => thrown);
      expect(error).toMatchObject({
        code: 'QH_SECRET_AUTH',
        message: expect.stringContaining(name),
        hint: expect.stringContaining(hint),
      });
      const shown = inspect(error, { depth: 20, showHidden: true });
      expect(shown).not.toContain(secretAccessKey);
      if (sessionToken !== undefined) expect(shown).not.toContain(sessionToken);
      expect(await store.health({ signal })).toMatchObject({ state: 'down', detail: expect.stringContaining(name) });
      await store.close();
    }
  });

  test('a clock that differs costs one request more, and is told where that does not help', async () => {
    const later = await startAwsEmulator({ now: () => Date.now() + 3_600_000 });
    later.call('CreateSecret', { Name: 'shop/db', SecretString: 'of later' });
    const store = awsStore({ region: 'eu-central-1', endpoint: later.url, credentials: later.key }, { env: {} });
    expect(await store.read('shop/db', { signal })).toMatchObject({ value: 'of later' });
    expect(later.requests).toHaveLength(2);
    await store.read('shop/db', { signal });
    expect(later.requests).toHaveLength(3);
    const message =
      'Signature expired: 20260101T000000Z is now earlier than 20260101T005500Z (20260101T010000Z - 5 min.)';
    later.fault({ act: { status: 400, body: { __type: 'InvalidSignatureException', message } }, times: 3 });
    await expect(store.read('shop/db', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_SKEW',
      hint: expect.stringContaining('date -u'),
    });
    await store.close();
    await later.close();
  });

  test('the chain of the SDK is walked once for fifty who ask at once', async () => {
    const key = aws.newKey({ ttlS: 3_600 });
    let walks = 0;
    const container = await startServer((request, response) => {
      walks += request.headers.authorization === 'of-the-pod' ? 1 : 0;
      const Expiration = new Date(key.expiresAt ?? 0).toISOString();
      response.end(
        JSON.stringify({
          AccessKeyId: key.accessKeyId,
          SecretAccessKey: key.secretAccessKey,
          Token: key.sessionToken,
          Expiration,
        }),
      );
    });
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/none');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/none');
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${container.url}/credentials`);
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', 'of-the-pod');
    const store = awsStore({ region: 'eu-central-1', endpoint: aws.url });
    const all = await Promise.all(Array.from({ length: 50 }, () => store.read('shop/db', { signal })));
    expect(new Set(all.map(({ value }) => value))).toEqual(new Set(['first-4711']));
    await store.read('shop/db', { signal, version: 'current' });
    expect(walks).toBe(1);
    expect(await store.health({ signal })).toMatchObject({
      state: 'healthy',
      detail: expect.stringContaining('its credentials end at 20'),
    });
    await store.close();
    await container.close();
  });

  test('without any credentials that is said, and what to do', async () => {
    for (const name of [
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_PROFILE',
      'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    ])
      vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/none');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const store = awsStore({ region: 'eu-central-1', endpoint: aws.url });
    await expect(store.read('shop/db', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_AUTH',
      message: expect.stringContaining('CredentialsProviderError'),
      hint: expect.stringContaining('aws sso login'),
    });
    await store.close();
    const missing = open({ credentials: { accessKeyId: { env: 'NONE' }, secretAccessKey: 'x' } });
    await expect(missing.read('shop/db', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_AUTH',
      message: expect.stringContaining('the environment variable NONE, which is not set'),
    });
    await missing.close();
  });

  test('rights that are missing are told by their action', async () => {
    const store = open({ credentials: aws.newKey({ may: operation => operation === 'ListSecrets' }) });
    await expect(store.read('shop/db', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_DENIED',
      message: expect.stringContaining('secretsmanager:GetSecretValue'),
    });
    expect(await store.health({ signal })).toMatchObject({
      state: 'healthy',
      detail: expect.stringContaining('do not end'),
    });
    await store.close();
    const none = open({ credentials: aws.newKey({ may: () => false }) });
    expect(await none.health({ signal })).toMatchObject({ state: 'healthy' });
    await none.close();
  });
});

describe('what is asked at once', () => {
  beforeEach(() => {
    for (let index = 0; index < 25; index++)
      aws.call('CreateSecret', { Name: `many/${index}`, SecretString: `value ${index}` });
  });
  const names = Array.from({ length: 25 }, (_, index) => `many/${index}`);

  test('goes in as few requests as may be', async () => {
    const store = open();
    const read = await Promise.all([...names, ...names].map(name => store.read(name, { signal })));
    expect(read.map(({ value }) => value)).toEqual([...names, ...names].map(name => name.replace('many/', 'value ')));
    expect([asked('BatchGetSecretValue'), asked('GetSecretValue')]).toEqual([2, 0]);
    await store.close();
  });

  test('and each that fails fails for itself', async () => {
    const store = open({ credentials: aws.newKey({ may: (_, secret) => secret !== 'many/2' }) });
    const results = await Promise.allSettled(
      ['many/1', 'many/2', 'none', 'shop/db'].map(name => store.read(name, { signal })),
    );
    expect(results.map(result => (result.status === 'fulfilled' ? result.value.value : result.reason.code))).toEqual([
      'value 1',
      'QH_SECRET_DENIED',
      'QH_SECRET_NOT_FOUND',
      'first-4711',
    ]);
    expect(asked('GetSecretValue')).toBe(0);
    // A name that is none spoils a batch, and nothing but itself.
    const spoilt = await Promise.allSettled(['many/1', 'bad name'].map(name => store.read(name, { signal })));
    expect(spoilt.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await store.close();
  });

  test('goes one by one where batches are not allowed, and is found by its ARN', async () => {
    const store = open({ credentials: aws.newKey({ may: operation => operation !== 'BatchGetSecretValue' }) });
    await Promise.all(names.slice(0, 3).map(name => store.read(name, { signal })));
    await Promise.all(names.slice(0, 3).map(name => store.read(name, { signal })));
    expect([asked('BatchGetSecretValue'), asked('GetSecretValue')]).toEqual([1, 6]);
    const { ARN: arn } = aws.call('DescribeSecret', { SecretId: 'many/3' }) as { ARN: string };
    const root = open();
    const [whole, part] = await Promise.all([arn, arn.slice(0, -7)].map(path => root.read(path, { signal })));
    expect([whole?.value, part?.value]).toEqual(['value 3', 'value 3']);
    const single = open({ batch: false });
    await Promise.all(names.slice(0, 2).map(name => single.read(name, { signal })));
    expect(asked('GetSecretValue')).toBe(8);
    await Promise.all([store.close(), root.close(), single.close()]);
  });
});

describe('versions', () => {
  test('a rotation that stands half done is told, and the current value serves on', async () => {
    const store = open();
    const { VersionId: pending } = aws.call('RotateSecret', { SecretId: 'shop/db' }) as { VersionId: string };
    await expect(store.read('shop/db', { signal, version: 'pending' })).rejects.toMatchObject({
      code: 'QH_SECRET_VERSION',
      hint: expect.stringContaining('half done'),
    });
    expect(await store.read('shop/db', { signal })).toMatchObject({ value: 'first-4711' });
    aws.call('PutSecretValue', {
      SecretId: 'shop/db',
      ClientRequestToken: pending,
      SecretString: 'second',
      VersionStages: ['AWSPENDING'],
    });
    expect(await store.read('shop/db', { signal, version: 'pending' })).toMatchObject({ value: 'second' });
    expect((await store.versions('shop/db', { signal })).map(({ stage }) => stage)).toEqual(['current', 'pending']);
    const [{ version: first } = { version: '' }] = await store.versions('shop/db', { signal });
    aws.call('UpdateSecretVersionStage', {
      SecretId: 'shop/db',
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: pending,
      RemoveFromVersionId: first,
    });
    expect(await store.read('shop/db', { signal })).toMatchObject({ value: 'second', version: pending });
    expect(await store.read('shop/db', { signal, version: 'previous' })).toMatchObject({
      value: 'first-4711',
      version: first,
    });
    await store.close();
  });

  test('many of them come in pages, a label of one’s own names one, and bytes come as base64', async () => {
    for (let index = 0; index < 120; index++)
      aws.call('PutSecretValue', {
        SecretId: 'shop/db',
        SecretString: `value ${index}`,
        VersionStages: [`label-${index}`],
      });
    const store = open();
    expect(await store.versions('shop/db', { signal })).toHaveLength(121);
    expect(asked('ListSecretVersionIds')).toBe(2);
    expect(await store.read('shop/db', { signal, version: 'label-7' })).toMatchObject({ value: 'value 7' });
    const SecretBinary = Buffer.from([0, 255, 7]).toString('base64');
    aws.call('CreateSecret', { Name: 'bytes', SecretBinary });
    expect(await store.read('bytes', { signal })).toMatchObject({ value: SecretBinary });
    await store.close();
  });

  test('what was deleted is told as withdrawn', async () => {
    aws.call('DeleteSecret', { SecretId: 'shop/db' });
    const store = open();
    await expect(store.read('shop/db', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_REVOKED',
      hint: expect.stringContaining('restore-secret'),
    });
    await store.close();
  });

  test('a write whose answer was lost is done once', async () => {
    const store = open();
    aws.fault({ act: 'lost', when: ({ headers }) => headers['x-amz-target']?.endsWith('PutSecretValue') === true });
    await store.write?.('shop/db', { user: 'ann' }, { signal });
    expect(asked('PutSecretValue')).toBe(2);
    expect(await store.versions('shop/db', { signal })).toHaveLength(2);
    expect(await store.read('shop/db', { signal })).toMatchObject({ value: '{"user":"ann"}' });
    await store.close();
  });
});

describe('what goes wrong', () => {
  test('too many requests, and a failure of the service, are tried three times and no more', async () => {
    const store = open({ timeoutMs: 500 });
    aws.fault({ act: AWS_THROTTLED, times: 2 });
    expect(await store.read('shop/db', { signal })).toMatchObject({ value: 'first-4711' });
    expect(aws.requests.map(({ headers }) => headers['amz-sdk-request'])).toEqual(Array(3).fill('attempt=1; max=1'));
    const cases = [
      [AWS_THROTTLED, 'QH_SECRET_THROTTLED'],
      [{ status: 500, body: { __type: 'InternalServiceError', message: 'oops' } }, 'QH_SECRET_UNREACHABLE'],
      ['hang', 'QH_SECRET_UNREACHABLE'],
      ['cut', 'QH_SECRET_UNREACHABLE'],
    ] as const;
    for (const [act, code] of cases) {
      const before = aws.requests.length;
      aws.fault({ act, times: 3 });
      await expect(store.read('shop/db', { signal })).rejects.toMatchObject({ code, transient: true });
      expect(aws.requests.length - before).toBe(3);
    }
    await store.close();
  });

  test('a delay that the service asks for is kept', async () => {
    const clock = new FakeClock();
    const store = open({}, { registry: new Registry({ clock, wallNow: clock.now }) });
    aws.fault({ act: { ...AWS_THROTTLED, headers: { ...AWS_THROTTLED.headers, 'retry-after': '4' } } });
    const before = clock.now();
    let ended = false;
    const reading = store.read('shop/db', { signal }).finally(() => {
      ended = true;
    });
    while (!ended) {
      clock.advance(100);
      await setTimeout(2);
    }
    await reading;
    expect(clock.now() - before).toBeGreaterThanOrEqual(4_000);
    await store.close();
  });

  test.each([
    ['DecryptionFailure', 'QH_SECRET_DENIED', 'kms:Decrypt'],
    ['InvalidParameterException', 'QH_SECRET_INVALID', 'documentation'],
  ])('%s is told as %s', async (__type, code, hint) => {
    const store = open();
    aws.fault({ act: { status: 400, body: { __type, Message: 'as they say' } } });
    await expect(store.read('shop/db', { signal })).rejects.toMatchObject({
      code,
      hint: expect.stringContaining(hint),
    });
    await store.close();
    await expect(store.read('shop/db', { signal })).rejects.toThrow('is closed');
  });

  test('certificates are checked whatever the environment says, and plain HTTP stays on the machine', async () => {
    const front = await startTlsFront(aws.url);
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const store = open({ endpoint: front.url });
    await expect(store.read('shop/db', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_UNREACHABLE',
      message: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT'),
    });
    await store.close();
    front.close();
    expect(() => open({ endpoint: 'http://aws.example' })).toThrow('secrets would cross the network in clear');
    const unsafe: string[] = [];
    open({ endpoint: 'http://aws.example', unsafeAllowHttp: true }, { onUnsafe: what => unsafe.push(what) });
    expect(unsafe).toEqual(['http://aws.example is asked over plain HTTP']);
  });
});

test('the schema takes what the documentation shows, and names what is wrong', () => {
  const right = [
    { kind: 'aws' },
    { kind: 'aws', region: 'us-gov-west-1', profile: 'tests', batch: false },
    {
      kind: 'aws',
      credentials: { accessKeyId: { env: 'A' }, secretAccessKey: { env: 'B' } },
      endpoint: 'https://vpce.example',
    },
  ];
  for (const options of right) expect(awsStoreSchema.safeParse(options).error).toBeUndefined();
  const wrong = { kind: 'aws', region: 'Frankfurt', endpoint: 'aws', retries: 3 };
  expect(
    awsStoreSchema
      .safeParse(wrong)
      .error?.issues.map(({ path }) => path.join('.'))
      .sort(),
  ).toEqual(['', 'endpoint', 'region']);
});
