import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Registry } from '@quality-hub/resilience';
import {
  type EmulatedRequest,
  FakeClock,
  startTlsFront,
  startVaultEmulator,
  type VaultEmulator,
} from '@quality-hub/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { vaultStoreSchema } from './options-schema.ts';
import type { VaultSeams, VaultStoreOptions } from './vault-options.ts';
import { vaultStore } from './vault-store.ts';

const { signal } = new AbortController();
let vault: VaultEmulator;
beforeEach(async () => {
  vault = await startVaultEmulator();
  vault.mountKv('kv');
});
afterEach(() => vault.close());

const asRoot = (options: VaultStoreOptions = {}, seams: VaultSeams = {}) =>
  vaultStore(
    { address: vault.url, auth: { method: 'token', token: vault.rootToken }, ...options },
    { env: {}, ...seams },
  );
const reading = ({ path }: EmulatedRequest): boolean => path.startsWith('/v1/kv/data/');

/** Moves the clock until the work has ended. */
async function whileTimePasses<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let ended = false;
  const end = () => {
    ended = true;
  };
  work.then(end, end);
  while (!ended) {
    clock.advance(100);
    await setTimeout(2);
  }
  return work;
}

describe('what goes wrong', () => {
  test('sealed, and too many questions, are tried again, then told', async () => {
    const store = asRoot();
    await store.write?.('kv/shop', { key: 'one' }, { signal });
    vault.fault({
      act: { status: 429, body: { errors: ['request path "kv": rate limit quota exceeded'] } },
      times: 2,
      when: reading,
    });
    expect(await store.read('kv/shop', { signal })).toMatchObject({ value: { key: 'one' } });
    vault.seal();
    await expect(store.read('kv/shop', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_SEALED',
      transient: true,
      message: `Vault at ${vault.url} cannot read kv/shop. Vault answered 503: Vault is sealed`,
    });
    expect(await store.health({ signal })).toMatchObject({
      state: 'down',
      detail: expect.stringContaining('is sealed'),
    });
    vault.unseal();
    expect(await store.health({ signal })).toMatchObject({ state: 'healthy' });
    await store.close();
  });

  test('a delay that Vault asks for is kept, and one that is too long is not waited for', async () => {
    const clock = new FakeClock();
    const store = asRoot({}, { registry: new Registry({ clock, wallNow: clock.now }) });
    await whileTimePasses(clock, Promise.resolve(store.write?.('kv/shop', { key: 'one' }, { signal })));
    const limited = (retryAfter: string) => ({
      act: { status: 429, headers: { 'retry-after': retryAfter }, body: { errors: ['rate limit quota exceeded'] } },
      when: reading,
    });
    vault.fault(limited('3'));
    const before = clock.now();
    await whileTimePasses(clock, store.read('kv/shop', { signal }));
    expect(clock.now() - before).toBeGreaterThanOrEqual(3_000);
    vault.fault(limited('60'));
    const asked = vault.requests.length;
    await expect(whileTimePasses(clock, store.read('kv/shop', { signal }))).rejects.toMatchObject({
      code: 'QH_SECRET_THROTTLED',
      transient: true,
    });
    expect(vault.requests.length).toBe(asked + 1);
    await store.close();
  });

  test('a node that has not heard of a write yet is asked again', async () => {
    const store = asRoot();
    await store.write?.('kv/shop', { key: 'one' }, { signal });
    vault.fault({ act: { status: 412, body: { errors: ['required index state not present'] } }, when: reading });
    expect(await store.read('kv/shop', { signal })).toMatchObject({ value: { key: 'one' } });
    await store.close();
  });

  test('one that never answers, or hangs up, costs a time and is told', async () => {
    const store = asRoot({ timeoutMs: 500 });
    await store.write?.('kv/shop', { key: 'one' }, { signal });
    vault.fault({ act: 'hang', times: 3, when: reading });
    await expect(store.read('kv/shop', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_UNREACHABLE',
      message: expect.stringContaining('no answer in time'),
    });
    vault.fault({ act: 'cut', times: 2, when: reading });
    expect(await store.read('kv/shop', { signal })).toMatchObject({ value: { key: 'one' } });
    vault.fault({ act: 'hang', when: reading });
    const abort = new AbortController();
    const asked = store.read('kv/shop', { signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await store.close();
  });

  test('a server error and an answer of nobody are told', async () => {
    const store = asRoot();
    vault.fault({ act: { status: 500, body: { errors: ['internal error'] } }, times: 3 });
    await expect(store.read('kv/shop', { signal })).rejects.toMatchObject({ code: 'QH_SECRET_UNREACHABLE' });
    await store.health({ signal });
    vault.fault({ act: { status: 400, body: { errors: ['bad request'] } }, when: reading });
    await expect(store.read('kv/shop', { signal })).rejects.toMatchObject({ code: 'QH_SECRET_INVALID' });
    await store.close();
  });

  test('a standby sends us on, and the token goes along', async () => {
    const active = await startVaultEmulator();
    active.mountKv('kv');
    const token = active.rootToken;
    const writer = vaultStore({ address: active.url, auth: { method: 'token', token } }, { env: {} });
    await writer.write?.('kv/shop', { key: 'of the active one' }, { signal });
    vault.fault({ act: { status: 307, headers: { location: `${active.url}/v1/kv/data/shop` } }, when: reading });
    const store = asRoot({ auth: { method: 'token', token }, mounts: { kv: 'kv2' } });
    vault.fault({ act: { status: 307, headers: { location: `${active.url}/v1/auth/token/lookup-self` } } });
    expect(await store.read('kv/shop', { signal })).toMatchObject({ value: { key: 'of the active one' } });
    await Promise.all([store.close(), writer.close(), active.close()]);
  });
});

test('who is wrong by a letter is told the nearest name, where the token may list them', async () => {
  vault.mountKv('old', { version: 1 });
  vault.setPolicy('reads', { 'kv/data/*': ['read'] });
  const root = asRoot();
  for (const path of ['kv/shop/payment', 'kv/shop/db/main', 'old/shop/payment'])
    await root.write?.(path, { a: 'b' }, { signal });
  const hintOf = async (path: string, store = root): Promise<string> =>
    store.read(path, { signal }).then(
      () => 'found',
      error => `${error.code} ${error.hint}`,
    );
  expect(await hintOf('kv/shop/paymnet')).toBe('QH_SECRET_NOT_FOUND Did you mean kv/shop/payment?');
  expect(await hintOf('old/shop/paymnet')).toBe('QH_SECRET_NOT_FOUND Did you mean old/shop/payment?');
  expect(await hintOf('kv/elsewhere/payment')).toContain('vault kv list');
  const limited = asRoot({ auth: { method: 'token', token: vault.newToken({ policies: ['default', 'reads'] }).id } });
  expect(await hintOf('kv/shop/paymnet', limited)).toContain('QH_SECRET_NOT_FOUND Compare the path');
  await Promise.all([root.close(), limited.close()]);
});

describe('versions', () => {
  const post = async (path: string, body: object) =>
    fetch(`${vault.url}/v1/${path}`, {
      method: 'POST',
      headers: { 'x-vault-token': vault.rootToken },
      body: JSON.stringify(body),
    });

  test('one that was deleted or destroyed is told as withdrawn, and the previous one is the one before that', async () => {
    const store = asRoot();
    for (const key of ['1', '2', '3', '4']) await store.write?.('kv/shop', { key }, { signal });
    await post('kv/delete/shop', { versions: [3] });
    expect(await store.read('kv/shop', { signal, version: 'previous' })).toMatchObject({
      value: { key: '2' },
      version: '2',
    });
    await expect(store.read('kv/shop', { signal, version: '3' })).rejects.toMatchObject({
      code: 'QH_SECRET_REVOKED',
      hint: expect.stringContaining('vault kv undelete -versions=3'),
    });
    await post('kv/destroy/shop', { versions: [4] });
    await expect(store.read('kv/shop', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_REVOKED',
      message: 'Version 4 of kv/shop was destroyed',
    });
    expect((await store.versions('kv/shop', { signal })).map(({ version }) => version)).toEqual(['2', '1']);
    await expect(store.read('kv/shop', { signal, version: 'newest' })).rejects.toMatchObject({
      code: 'QH_SECRET_VERSION',
    });
    await expect(store.read('kv/shop', { signal, version: '9' })).rejects.toMatchObject({ hint: 'It has 2, 1' });
    await store.close();
  });

  test('one that deletes itself has its end, and who may not list them gets the one before all the same', async () => {
    vault.mountKv('ending', { deleteVersionAfterS: 3_600 });
    vault.setPolicy('reads', { 'ending/data/*': ['read'] });
    const writer = asRoot();
    for (const key of ['1', '2']) await writer.write?.('ending/shop', { key }, { signal });
    const store = asRoot({ auth: { method: 'token', token: vault.newToken({ policies: ['default', 'reads'] }).id } });
    const { expiresAt = '' } = await store.read('ending/shop', { signal });
    expect(Math.round((Date.parse(expiresAt) - Date.now()) / 60_000)).toBe(60);
    expect(await store.read('ending/shop', { signal, version: 'previous' })).toMatchObject({ value: { key: '1' } });
    await expect(store.versions('ending/shop', { signal })).rejects.toMatchObject({ code: 'QH_SECRET_DENIED' });
    await expect(store.read('kv/shop', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_DENIED',
      hint: expect.stringContaining('name the engine in `mounts`'),
    });
    await Promise.all([store.close(), writer.close()]);
  });

  test('an engine that wants to be told the version is told it, and a text is refused', async () => {
    vault.mountKv('careful', { casRequired: true });
    const store = asRoot();
    for (const [index, key] of ['1', '2'].entries())
      expect(await store.write?.('careful/shop', { key }, { signal })).toMatchObject({ version: String(index + 1) });
    await expect(store.write?.('careful/shop', 'a text', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_INVALID',
      hint: expect.stringContaining('#value'),
    });
    await store.close();
  });
});

describe('what node-vault would do', () => {
  test('its own verb LIST is understood by the emulator, and a path keeps its parts', async () => {
    const { default: nodeVault } = await import('node-vault');
    const store = asRoot();
    await store.write?.("kv/team=a'b/x y", { key: 'one' }, { signal });
    const direct = nodeVault({ endpoint: vault.url, token: vault.rootToken });
    expect((await direct.list('kv/metadata/')).data).toEqual({ keys: ["team=a'b/"] });
    await store.close();
  });

  test('an error holds neither token nor value', async () => {
    const store = asRoot();
    await store.write?.('kv/shop', { key: 'swordfish-4711' }, { signal });
    vault.fault({ act: { status: 400, body: { errors: [`token ${vault.rootToken} is bad`] } }, when: reading });
    const error = await store.read('kv/shop', { signal }).catch(thrown => thrown);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(vault.rootToken);
    await store.close();
  });
});

describe('certificates', () => {
  test('are checked whatever VAULT_SKIP_VERIFY says; switching that off is told', async () => {
    const { url: address, cert, close } = await startTlsFront(vault.url);
    const unsafe: string[] = [];
    const ask = async (options: VaultStoreOptions, env: NodeJS.ProcessEnv = {}) => {
      const store = asRoot({ address, ...options }, { env, onUnsafe: what => unsafe.push(what) });
      try {
        return await store.write?.('kv/shop', { key: 'one' }, { signal });
      } finally {
        await store.close();
      }
    };
    vi.stubEnv('VAULT_SKIP_VERIFY', 'true');
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    await expect(ask({})).rejects.toMatchObject({
      code: 'QH_SECRET_UNREACHABLE',
      message: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT'),
      hint: expect.stringContaining('caFile'),
    });
    vi.unstubAllEnvs();
    expect(unsafe).toEqual([]);
    expect(await ask({ caFile: cert })).toMatchObject({ stage: 'current' });
    expect(await ask({}, { VAULT_CACERT: cert })).toMatchObject({ stage: 'current' });
    await expect(ask({ caFile: `${cert}.none` })).rejects.toThrow('cannot be read (ENOENT)');
    expect(await ask({ unsafeSkipCertificateCheck: true })).toMatchObject({ stage: 'current' });
    expect(unsafe).toEqual([`the certificate of ${address} is not checked`]);
    close();
  });

  test('secrets do not go over plain HTTP to another machine', () => {
    const unsafe: string[] = [];
    expect(() => vaultStore({ address: 'http://vault.example:8200' })).toThrow(
      'secrets would cross the network in clear',
    );
    expect(() => vaultStore({}, { env: { VAULT_ADDR: 'vault.example' } })).toThrow('is no URL');
    vaultStore(
      { address: 'http://vault.example:8200', unsafeAllowHttp: true },
      { onUnsafe: what => unsafe.push(what) },
    );
    expect(unsafe).toEqual(['http://vault.example:8200 is asked over plain HTTP']);
  });
});

test('the schema takes what the documentation shows, and names what is wrong', () => {
  const right = [
    { kind: 'vault' },
    {
      kind: 'vault',
      address: 'https://vault:8200',
      auth: { method: 'jwt', role: 'ci', jwt: { github: 'https://vault' } },
    },
    {
      kind: 'vault',
      auth: { method: 'approle', roleId: { env: 'A' }, secretId: { file: '/run/id' } },
      mounts: { kv: 'kv2' },
    },
    { kind: 'vault', auth: { method: 'kubernetes', role: 'tests' }, caFile: 'ca.pem', timeoutMs: 500 },
  ];
  for (const options of right) expect(vaultStoreSchema.safeParse(options).error).toBeUndefined();
  const wrong = { kind: 'vault', adress: 'x', auth: { method: 'jwt', role: 'ci' }, mounts: { kv: '2' } };
  expect(
    vaultStoreSchema
      .safeParse(wrong)
      .error?.issues.map(({ path }) => path.join('.'))
      .sort(),
  ).toEqual(['', 'auth.jwt', 'mounts.kv']);
});
