import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../../fake-clock.ts';
import { startVaultEmulator, type VaultEmulator } from './vault-emulator.ts';

let clock: FakeClock;
let vault: VaultEmulator;
beforeEach(async () => {
  clock = new FakeClock();
  vault = await startVaultEmulator({ now: clock.now });
});
afterEach(() => vault.close());

async function login(mount: string, body: object) {
  const answer = await fetch(`${vault.url}/v1/auth/${mount}/login`, { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

test('a signed token lets in whom the role is for, and the reason is told where it does not', async () => {
  vault.addJwtRole({
    name: 'ci',
    audience: 'vault',
    boundClaims: { repository: 'shop' },
    token: { policies: ['p'], ttlS: 60 },
  });
  const now = clock.now() / 1_000;
  const right = { aud: 'vault', repository: 'shop' };
  const ask = async (claims: object, role = 'ci') => login('jwt', { role, jwt: vault.newJwt({ ...claims }) });
  expect((await ask(right)).body.auth).toMatchObject({ policies: ['p'], lease_duration: 60, token_type: 'service' });
  const problems = [
    [{ ...right, aud: 'x' }, 'invalid audience (aud) claim: audience claim does not match any bound audience'],
    [{ ...right, repository: 'x' }, 'claim "repository" does not match any associated bound claim values'],
    [{ ...right, exp: now - 61 }, 'invalid expiration time (exp) claim: token is expired'],
    [{ ...right, nbf: now + 61 }, 'invalid not before (nbf) claim: token not yet valid'],
  ] as const;
  for (const [claims, problem] of problems)
    expect(await ask(claims)).toEqual({ status: 400, body: { errors: [`error validating token: ${problem}`] } });
  // A minute of difference between two clocks is nothing.
  expect((await ask({ ...right, exp: now - 59 })).status).toBe(200);
  expect((await ask(right, 'none')).body).toEqual({ errors: ['role "none" could not be found'] });
  expect((await login('jwt', { role: 'ci' })).body).toEqual({ errors: ['missing jwt'] });
  const [head, payload] = vault.newJwt(right).split('.');
  expect((await login('jwt', { role: 'ci', jwt: `${head}.${payload}.AAAA` })).body.errors[0]).toContain(
    'error verifying token signature',
  );
});

test('Kubernetes says no more than no', async () => {
  vault.addJwtRole({ name: 'pods', mount: 'kubernetes', boundClaims: { sub: 'tests' } });
  const ask = (role: string, sub: string) => login('kubernetes', { role, jwt: vault.newJwt({ sub }) });
  expect((await ask('pods', 'tests')).status).toBe(200);
  expect(await ask('pods', 'other')).toEqual({ status: 403, body: { errors: ['permission denied'] } });
  expect(await ask('none', 'tests')).toEqual({ status: 400, body: { errors: ['invalid role name "none"'] } });
});

test('the verb LIST is understood, which Node’s own server refuses', async () => {
  vault.mountKv('kv');
  const headers = { 'x-vault-token': vault.rootToken };
  await fetch(`${vault.url}/v1/kv/data/shop`, { method: 'POST', headers, body: '{"data":{"a":"b"}}' });
  const list = async (path: string): Promise<string> => {
    const { port } = new URL(vault.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `LIST /v1/${path} HTTP/1.1\r\nhost: vault\r\nx-vault-token: ${vault.rootToken}\r\nconnection: close\r\n\r\n`,
    );
    const pieces: Buffer[] = [];
    socket.on('data', piece => pieces.push(piece));
    await once(socket, 'close');
    return Buffer.concat(pieces).toString();
  };
  expect(await list('kv/metadata')).toMatch(/^HTTP\/1\.1 200 .*"keys":\["shop"\]/s);
  expect(await list('kv/metadata?after=x')).toMatch(/^HTTP\/1\.1 200 /);
});
