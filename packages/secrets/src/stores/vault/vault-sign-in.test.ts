import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMask } from '@quality-hub/telemetry';
import { FakeClock, startServer, startVaultEmulator, type VaultEmulator } from '@quality-hub/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VaultAuth, VaultSeams } from './vault-options.ts';
import { vaultStore } from './vault-store.ts';

const { signal } = new AbortController();
const READS_KV = { 'kv/data/*': ['read'] } as const;
const token = { policies: ['default', 'reads kv'], ttlS: 600 };
let clock: FakeClock;
let vault: VaultEmulator;

beforeEach(async () => {
  clock = new FakeClock();
  vault = await startVaultEmulator({ now: clock.now });
  vault.mountKv('kv');
  vault.setPolicy('reads kv', READS_KV);
  const writer = vaultStore({ address: vault.url, auth: { method: 'token', token: vault.rootToken } }, { env: {} });
  await writer.write?.('kv/shop', { key: 'pk-live-4711' }, { signal });
  await writer.close();
});
afterEach(() => vault.close());

const open = (auth: VaultAuth, seams: VaultSeams = {}) =>
  vaultStore(
    { address: vault.url, auth },
    { env: {}, now: clock.now, after: clock.after, random: () => 0.5, ...seams },
  );

async function reads(auth: VaultAuth, seams?: VaultSeams): Promise<unknown> {
  const store = open(auth, seams);
  try {
    return (await store.read('kv/shop', { signal })).value;
  } finally {
    await store.close();
  }
}

describe('AppRole', () => {
  beforeEach(() => vault.addAppRole({ roleId: 'role-1', token, mount: 'ci/approle' }));
  const withSecret = (secretId: string): VaultAuth => ({
    method: 'approle',
    mount: 'ci/approle',
    roleId: 'role-1',
    secretId,
  });

  test('fifty who ask at once cause one login, and the token is given back at the end', async () => {
    const mask = createMask();
    const store = open(withSecret(vault.newSecretId('role-1', { uses: 1 }, 'ci/approle')), { mask });
    const all = await Promise.all(Array.from({ length: 50 }, () => store.read('kv/shop', { signal })));
    expect(new Set(all.map(({ value }) => JSON.stringify(value))).size).toBe(1);
    expect(vault.requests.filter(({ path }) => path === '/v1/auth/ci/approle/login')).toHaveLength(1);
    const [own] = vault.tokens.filter(({ path }) => path === 'auth/ci/approle/login');
    expect(mask.text(`it is ${own?.id}`)).toBe('it is [masked]');
    await store.close();
    expect(vault.tokens.some(({ id }) => id === own?.id)).toBe(false);
    await expect(store.read('kv/shop', { signal })).rejects.toMatchObject({ code: 'QH_SECRET_UNREACHABLE' });
  });

  test('a wrong secret id, or one that is used up, is told', async () => {
    const once = vault.newSecretId('role-1', { uses: 1 }, 'ci/approle');
    await reads(withSecret(once));
    for (const secretId of [once, 'wrong'])
      await expect(reads(withSecret(secretId))).rejects.toMatchObject({
        code: 'QH_SECRET_AUTH',
        message: `Vault at ${vault.url} does not let us in by approle. Vault answered 400: invalid role or secret ID`,
        hint: 'The secret id is wrong, used up or over: make a new one',
      });
  });

  test('a mount keeps its name, whatever characters it has', async () => {
    const mount = "team=a'b/<x> & y";
    vault.addAppRole({ roleId: 'odd', token, mount });
    const secretId = vault.newSecretId('odd', {}, mount);
    expect(await reads({ method: 'approle', mount, roleId: 'odd', secretId })).toEqual({ key: 'pk-live-4711' });
    await expect(reads({ method: 'approle', mount: '../sys', roleId: 'odd', secretId })).rejects.toMatchObject({
      code: 'QH_SECRET_INVALID',
    });
  });

  test('a login whose answer was lost is not repeated: the secret id may be good for one', async () => {
    vault.fault({ act: 'lost', when: ({ path }) => path.endsWith('/login') });
    await expect(reads(withSecret(vault.newSecretId('role-1', {}, 'ci/approle')))).rejects.toMatchObject({
      code: 'QH_SECRET_UNREACHABLE',
    });
    expect(vault.requests.filter(({ path }) => path.endsWith('/login'))).toHaveLength(1);
  });

  test('a token that was revoked in the middle is replaced, and nobody notices', async () => {
    const store = open(withSecret(vault.newSecretId('role-1', {}, 'ci/approle')));
    await store.read('kv/shop', { signal });
    const own = () => vault.tokens.find(({ path }) => path.endsWith('/login'))?.id ?? '';
    const first = own();
    vault.revokeToken(first);
    expect(await store.read('kv/shop', { signal })).toMatchObject({ value: { key: 'pk-live-4711' } });
    expect(own()).not.toBe(first);
    // What it really may not do is told, and costs no login.
    const logins = vault.requests.filter(({ path }) => path.endsWith('/login')).length;
    await expect(store.write?.('kv/shop', { key: 'x' }, { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_DENIED',
      message: expect.stringContaining('permission denied'),
    });
    expect(vault.requests.filter(({ path }) => path.endsWith('/login'))).toHaveLength(logins);
    await store.close();
  });

  test('in a namespace all goes there, the login too', async () => {
    vault.mountKv('team/kv');
    const id = vault.newSecretId('role-1', {}, 'ci/approle');
    const root = vault.newToken({ policies: ['root'], namespace: 'team' });
    const options = { address: vault.url, namespace: 'team' };
    const writer = vaultStore({ ...options, auth: { method: 'token', token: root.id } }, { env: {} });
    await writer.write?.('kv/shop', { key: 'of the team' }, { signal });
    await writer.close();
    const store = vaultStore({ ...options, auth: withSecret(id) }, { env: {} });
    expect(await store.read('kv/shop', { signal })).toMatchObject({ value: { key: 'of the team' } });
    expect(await store.health({ signal })).toMatchObject({ state: 'healthy' });
    await store.close();
  });
});

describe('JWT', () => {
  beforeEach(() =>
    vault.addJwtRole({ name: 'tests', audience: 'https://vault', boundClaims: { repository: 'shop/tests' }, token }),
  );
  const claims = { aud: 'https://vault', repository: 'shop/tests' };
  const withJwt = (jwt: string, role = 'tests'): VaultAuth => ({ method: 'jwt', role, jwt });
  const now = () => clock.now() / 1_000;

  test('the token of a job lets us in, from a variable, a file or GitHub', async () => {
    const jwt = vault.newJwt(claims);
    const file = join(mkdtempSync(join(tmpdir(), 'qh-vault-')), 'token');
    writeFileSync(file, `${jwt}\n`);
    const asked: string[] = [];
    const github = await startServer((request, response) => {
      asked.push(`${request.headers.authorization} ${request.url}`);
      response.end(JSON.stringify({ value: jwt }));
    });
    const env = {
      JOB_TOKEN: jwt,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${github.url}/id?api-version=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-runner',
    };
    for (const source of [
      { env: 'JOB_TOKEN' },
      { file },
      { github: 'https://vault' },
      () => jwt,
      { reveal: () => jwt },
    ])
      expect(await reads({ method: 'jwt', role: 'tests', jwt: source }, { env })).toEqual({ key: 'pk-live-4711' });
    expect(asked).toEqual(['Bearer of-the-runner /id?api-version=2&audience=https%3A%2F%2Fvault']);
    await github.close();
  });

  test('where there is none to be had, that is told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qh-vault-'));
    writeFileSync(join(folder, 'empty'), '\n');
    const refusing = await startServer((_, response) => void response.writeHead(403).end('{}'));
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: refusing.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' };
    const expectations = [
      [{ env: 'JOB_TOKEN' }, {}, 'the environment variable JOB_TOKEN, which is not set'],
      [{ file: join(folder, 'none') }, {}, 'cannot be read (ENOENT)'],
      [{ file: join(folder, 'empty') }, {}, 'which is empty'],
      [{ github: 'vault' }, {}, 'the id token of a GitHub job, and this is none'],
      [{ github: 'vault' }, env, 'GitHub, which answered 403'],
    ] as const;
    for (const [jwt, given, message] of expectations)
      await expect(reads({ method: 'jwt', role: 'tests', jwt }, { env: given })).rejects.toMatchObject({
        code: 'QH_SECRET_AUTH',
        message: expect.stringContaining(message),
      });
    await refusing.close();
  });

  test.each([
    [
      'over',
      () => withJwt(vault.newJwt({ ...claims, exp: now() - 900 })),
      'QH_SECRET_AUTH',
      'The token of the job is over',
    ],
    ['for somebody else', () => withJwt(vault.newJwt({ ...claims, aud: 'x' })), 'QH_SECRET_AUTH', 'bound_audiences'],
    [
      'of another project',
      () => withJwt(vault.newJwt({ ...claims, repository: 'x' })),
      'QH_SECRET_AUTH',
      'bound_claims',
    ],
    ['for no role', () => withJwt(vault.newJwt(claims), 'none'), 'QH_SECRET_AUTH', 'no such role'],
    [
      'signed by somebody else',
      () => withJwt(`${vault.newJwt(claims)}x`.replace(/\.[^.]+$/, '.AAAA')),
      'QH_SECRET_AUTH',
      'role, mount',
    ],
    ['not yet valid', () => withJwt(vault.newJwt({ ...claims, nbf: now() + 900 })), 'QH_SECRET_SKEW', 'date -u'],
  ])('a token that is %s is refused in words', async (_, auth, code, hint) => {
    await expect(reads(auth())).rejects.toMatchObject({ code, hint: expect.stringContaining(hint) });
  });

  test('Kubernetes says less, and is told as well', async () => {
    vault.addJwtRole({ name: 'pods', mount: 'kubernetes', boundClaims: { sub: 'tests' }, token });
    const withPod = (sub: string): VaultAuth => ({ method: 'kubernetes', role: 'pods', jwt: vault.newJwt({ sub }) });
    expect(await reads(withPod('tests'))).toEqual({ key: 'pk-live-4711' });
    await expect(reads(withPod('other'))).rejects.toMatchObject({ code: 'QH_SECRET_AUTH' });
    await expect(reads({ method: 'kubernetes', role: 'pods' })).rejects.toThrow('/var/run/secrets/kubernetes.io');
  });
});

describe('a token', () => {
  test('that is wrong, or becomes so, is told; there is none other', async () => {
    await expect(reads({ method: 'token', token: 'hvs.wrong' })).rejects.toMatchObject({
      code: 'QH_SECRET_AUTH',
      message: expect.stringContaining('does not know our token'),
    });
    const given = vault.newToken({ policies: ['default', 'reads kv'] });
    const store = open({ method: 'token' }, { env: { VAULT_TOKEN: given.id } });
    await store.read('kv/shop', { signal });
    vault.revokeToken(given.id);
    await expect(store.read('kv/shop', { signal })).rejects.toMatchObject({ code: 'QH_SECRET_AUTH' });
    await store.close();
  });

  test('that was given to us is not revoked at the end', async () => {
    const given = vault.newToken({ policies: ['default', 'reads kv'] });
    await reads({ method: 'token', token: given.id });
    expect(vault.tokens.some(({ id }) => id === given.id)).toBe(true);
  });
});
