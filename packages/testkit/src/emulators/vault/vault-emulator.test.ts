import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../../fake-clock.ts';
import { startVaultEmulator, type VaultEmulator } from './vault-emulator.ts';

let clock: FakeClock;
let vault: VaultEmulator;
beforeEach(async () => {
  clock = new FakeClock();
  vault = await startVaultEmulator({ now: clock.now });
  vault.mountKv('kv');
});
afterEach(() => vault.close());

async function ask(
  method: string,
  path: string,
  body?: unknown,
  token = vault.rootToken,
  more: Record<string, string> = {},
) {
  const headers = { ...(token === '' ? {} : { 'x-vault-token': token }), ...more };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await fetch(`${vault.url}/v1/${path}`, init);
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

describe('keys and values', () => {
  test('with versions: what was deleted comes as 404 with its metadata, what never was as 404 with nothing', async () => {
    expect(await ask('GET', 'kv/data/shop')).toEqual({ status: 404, body: { errors: [] } });
    expect((await ask('PUT', 'kv/data/shop', { data: { a: '1' } })).body.data).toMatchObject({
      version: 1,
      destroyed: false,
    });
    expect((await ask('DELETE', 'kv/data/shop')).status).toBe(204);
    const gone = await ask('GET', 'kv/data/shop');
    expect(gone.status).toBe(404);
    expect(gone.body.data).toMatchObject({
      data: null,
      metadata: { version: 1, deletion_time: '2026-01-01T00:00:00.000000000Z' },
    });
    await ask('POST', 'kv/undelete/shop', { versions: [1] });
    expect((await ask('GET', 'kv/data/shop?version=1')).body.data.data).toEqual({ a: '1' });
    await ask('POST', 'kv/destroy/shop', { versions: [1] });
    expect((await ask('GET', 'kv/data/shop')).body.data.metadata.destroyed).toBe(true);
    expect((await ask('DELETE', 'kv/metadata/shop')).status).toBe(204);
    expect((await ask('GET', 'kv/metadata/shop')).status).toBe(404);
  });

  test('a write says what it replaces, or is refused in Vault’s words; ten versions are kept', async () => {
    const put = (cas?: number) =>
      ask('POST', 'kv/data/shop', { data: { a: '1' }, ...(cas === undefined ? {} : { options: { cas } }) });
    expect((await put(3)).body).toEqual({ errors: ['check-and-set parameter did not match the current version'] });
    expect((await ask('POST', 'kv/data/shop', {})).body).toEqual({ errors: ['no data provided'] });
    for (let version = 0; version < 12; version++) expect((await put(version)).status).toBe(200);
    expect(Object.keys((await ask('GET', 'kv/metadata/shop')).body.data.versions)).toHaveLength(10);
    expect((await ask('GET', 'kv/data/shop?version=2')).status).toBe(404);
    expect((await ask('PATCH', 'kv/data/shop', {})).body).toEqual({ errors: ['unsupported operation'] });
  });

  test('without versions, and in a list by folders', async () => {
    vault.mountKv('old', { version: 1 });
    await ask('POST', 'old/a/b', { x: '1' });
    await ask('POST', 'old/c', { x: '2' });
    expect((await ask('GET', 'old/c')).body).toMatchObject({
      data: { x: '2' },
      lease_id: '',
      lease_duration: 2_764_800,
    });
    expect((await ask('GET', 'old?list=true')).body.data).toEqual({ keys: ['a/', 'c'] });
    await ask('DELETE', 'old/c');
    expect((await ask('GET', 'old/c')).status).toBe(404);
  });
});

describe('who may what', () => {
  test('a right belongs to a path; + stands for a part, * for the rest, and deny wins', async () => {
    vault.setPolicy('p', {
      'kv/data/+/db': ['read'],
      'kv/data/shop/*': ['read', 'create'],
      'kv/data/shop/not': ['deny'],
    });
    const { id } = vault.newToken({ policies: ['p'] });
    const status = async (path: string) => (await ask('GET', `kv/data/${path}`, undefined, id)).status;
    expect([await status('any/db'), await status('shop/x/y'), await status('shop/not'), await status('any/x')]).toEqual(
      [404, 404, 403, 403],
    );
    expect((await ask('POST', 'kv/data/shop/new', { data: {} }, id)).status).toBe(200);
    expect((await ask('GET', 'sys/internal/ui/mounts/kv/shop', undefined, id)).body.data).toMatchObject({
      path: 'kv/',
      options: { version: '2' },
    });
    const none = vault.newToken({ policies: ['default'] }).id;
    expect((await ask('GET', 'sys/internal/ui/mounts/kv/shop', undefined, none)).body.errors[0]).toContain(
      'preflight capability check returned 403',
    );
  });

  test('a token ends by the clock, by its uses, and with a limit; a batch token is not renewed', async () => {
    const own = async (id: string, action = 'GET', path = 'lookup-self') =>
      ask(action, `auth/token/${path}`, action === 'GET' ? undefined : {}, id);
    const { id } = vault.newToken({ ttlS: 60, maxTtlS: 90 });
    expect((await own(id)).body.data).toMatchObject({ ttl: 60, renewable: true, type: 'service' });
    clock.advance(50_000);
    expect((await own(id, 'POST', 'renew-self')).body).toMatchObject({
      auth: { lease_duration: 40 },
      warnings: [expect.stringContaining('max_ttl')],
    });
    clock.advance(41_000);
    expect(await own(id)).toEqual({ status: 403, body: { errors: ['permission denied'] } });
    const twice = vault.newToken({ uses: 2 }).id;
    expect([(await own(twice)).status, (await own(twice)).status, (await own(twice)).status]).toEqual([200, 200, 403]);
    const batch = vault.newToken({ type: 'batch' }).id;
    expect((await own(batch, 'POST', 'renew-self')).body).toEqual({ errors: ['lease is not renewable'] });
    expect((await own(batch, 'POST', 'revoke-self')).status).toBe(400);
    expect(
      (await ask('GET', 'auth/token/lookup-self', undefined, '', { authorization: `Bearer ${vault.rootToken}` }))
        .status,
    ).toBe(200);
    expect((await ask('GET', 'auth/token/lookup-self', undefined, '')).status).toBe(403);
  });

  test('a lease ends with its token, by the clock, and when it is revoked', async () => {
    vault.mountDatabase('database', {
      tests: { ttlS: 60, maxTtlS: 90 },
      once: { ttlS: 60, maxTtlS: 60, renewable: false },
    });
    const lend = async (role: string, token?: string) =>
      (await ask('GET', `database/creds/${role}`, undefined, token)).body.lease_id as string;
    const renew = async (lease_id: string) =>
      (await ask('PUT', 'sys/leases/renew', { lease_id, increment: '1h' })).body;
    const lease = await lend('tests');
    expect((await ask('PUT', 'sys/leases/lookup', { lease_id: lease })).body.data).toMatchObject({ ttl: 60 });
    expect(await renew(lease)).toMatchObject({ lease_duration: 90 });
    expect(await renew(await lend('once'))).toEqual({ errors: ['lease is not renewable'] });
    clock.advance(91_000);
    expect(await renew(lease)).toEqual({ errors: ['lease not found'] });
    vault.setPolicy('lends', { 'database/*': ['read'] });
    const token = vault.newToken({ policies: ['lends'] }).id;
    await lend('tests', token);
    vault.revokeToken(token);
    await ask('PUT', 'sys/leases/revoke', { lease_id: await lend('tests') });
    expect(vault.leases).toEqual([]);
    expect((await ask('GET', 'database/creds/none')).body).toEqual({ errors: ['unknown role: none'] });
  });
});

describe('the system', () => {
  test('health needs no token, and its status is what the asker wants', async () => {
    const health = async (query = '') => (await fetch(`${vault.url}/v1/sys/health${query}`)).status;
    expect(await health()).toBe(200);
    vault.seal();
    expect([await health(), await health('?sealedcode=299')]).toEqual([503, 299]);
    expect((await ask('GET', 'kv/data/shop')).body).toEqual({ errors: ['Vault is sealed'] });
    const { body } = await ask('GET', 'sys/health');
    expect(body).toMatchObject({ sealed: true, server_time_utc: 1_767_225_600 });
    expect(body).not.toHaveProperty('cluster_id');
    expect((await ask('GET', 'sys/seal-status')).body).toMatchObject({ type: 'shamir', sealed: true, t: 3, n: 5 });
    vault.unseal();
    expect(await health()).toBe(200);
  });

  test('a path is resolved after it was decoded, as Go does it', async () => {
    const { status, body } = await ask('GET', 'kv/data/..%2f..%2fsys/seal-status');
    expect([status, body.sealed]).toEqual([200, false]);
  });

  test('logins answer as Vault does', async () => {
    vault.addAppRole({ roleId: 'r' });
    const login = async (body: object) => (await ask('POST', 'auth/approle/login', body, '')).body;
    expect(await login({})).toEqual({ errors: ['missing role_id'] });
    expect(await login({ role_id: 'r', secret_id: 'x' })).toEqual({ errors: ['invalid role or secret ID'] });
    const secret_id = vault.newSecretId('r', { ttlS: 60 });
    expect((await login({ role_id: 'r', secret_id })).auth).toMatchObject({
      token_type: 'service',
      renewable: true,
      lease_duration: 3_600,
    });
    clock.advance(61_000);
    expect(await login({ role_id: 'r', secret_id })).toEqual({ errors: ['invalid role or secret ID'] });
    expect((await ask('POST', 'auth/nowhere/login', {}, '')).status).toBe(404);
  });
});
