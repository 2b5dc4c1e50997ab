import { setImmediate, setTimeout } from 'node:timers/promises';
import { FakeClock, startVaultEmulator, type VaultEmulator } from '@quality-hub/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Lifetime, watchLifetime } from './lifetime-watcher.ts';
import { vaultStore } from './vault-store.ts';

const { signal } = new AbortController();

describe('the watch over a lifetime', () => {
  function watched(first: Lifetime, renew: () => Promise<Lifetime>) {
    const clock = new FakeClock(0);
    const seen: string[] = [];
    const at = () => `${Math.round(clock.now() / 1_000)} s`;
    const stop = watchLifetime(
      first,
      {
        renew: async () => {
          seen.push(`renew at ${at()}`);
          return renew();
        },
        onEnd: reason => seen.push(`${reason} at ${at()}`),
      },
      { now: clock.now, after: clock.after, random: () => 0.5 },
    );
    const pass = async (seconds: number): Promise<readonly string[]> => {
      for (let half = 0; half < seconds * 2; half++) {
        clock.advance(500);
        await setImmediate();
      }
      return seen;
    };
    return { pass, stop };
  }

  test('renews after two thirds and a third of the grace, again and again', async () => {
    // 90 s: grace 13.5 s, sleep 64.5 s.
    const { pass } = watched({ leaseMs: 90_000, renewable: true }, async () => ({ leaseMs: 90_000, renewable: true }));
    expect(await pass(200)).toEqual(['renew at 65 s', 'renew at 129 s', 'renew at 194 s']);
  });

  test('a renewal that fails is tried again, then it gives up while there is time for a login', async () => {
    const { pass } = watched({ leaseMs: 90_000, renewable: true }, async () => Promise.reject(new Error('down')));
    expect(await pass(90)).toEqual(['renew at 65 s', 'renew at 75 s', 'failing at 75 s']);
    const longer = watched({ leaseMs: 600_000, renewable: true }, async () => Promise.reject(new Error('down')));
    // 430 s, then 10 s, 20 s and 40 s later; the next one would be within the grace of 90 s.
    expect(await longer.pass(600)).toEqual([
      'renew at 430 s',
      'renew at 440 s',
      'renew at 460 s',
      'renew at 500 s',
      'failing at 500 s',
    ]);
  });

  test('a lease that grows no more ends at its limit', async () => {
    let left = 2;
    const { pass } = watched({ leaseMs: 90_000, renewable: true }, async () => ({
      leaseMs: left-- > 0 ? 90_000 : 12_000,
      renewable: true,
    }));
    expect(await pass(300)).toEqual(['renew at 65 s', 'renew at 129 s', 'renew at 194 s', 'limit at 194 s']);
  });

  test('what cannot be renewed is not tried, and a stopped watch does nothing', async () => {
    const renew = async () => ({ leaseMs: 1, renewable: true });
    const once = watched({ leaseMs: 90_000, renewable: false }, renew);
    expect(await once.pass(100)).toEqual(['not renewable at 65 s']);
    const stopped = watched({ leaseMs: 90_000, renewable: true }, renew);
    stopped.stop();
    expect(await stopped.pass(100)).toEqual([]);
  });
});

describe('in a store', () => {
  let clock: FakeClock;
  let vault: VaultEmulator;
  beforeEach(async () => {
    clock = new FakeClock();
    vault = await startVaultEmulator({ now: clock.now });
    vault.setPolicy('uses databases', { 'database/creds/*': ['read'] });
    vault.mountDatabase('database', {
      tests: { ttlS: 60, maxTtlS: 300 },
      short: { ttlS: 60, maxTtlS: 60, renewable: false },
    });
    vault.addAppRole({ roleId: 'r', token: { policies: ['default', 'uses databases'], ttlS: 120, maxTtlS: 240 } });
  });
  afterEach(() => vault.close());

  const open = () =>
    vaultStore(
      { address: vault.url, auth: { method: 'approle', roleId: 'r', secretId: () => vault.newSecretId('r') } },
      { env: {}, now: clock.now, after: clock.after, random: () => 0.5 },
    );
  const count = (path: string): number => vault.requests.filter(request => request.path === `/v1/${path}`).length;
  /** Timers fire, and what they ask has its answer. */
  const pass = async (seconds: number): Promise<void> => {
    for (let left = seconds; left > 0; left -= 5) {
      clock.advance(5_000);
      await setTimeout(15);
    }
  };

  test('a token is renewed while the store is open, and its limit is met with a new login', async () => {
    const store = open();
    await store.read('database/creds/tests', { signal });
    await pass(100);
    await expect.poll(() => count('auth/token/renew-self')).toBe(1);
    expect(count('auth/approle/login')).toBe(1);
    expect((await store.health({ signal })).detail).toMatch(/^Vault 1\.18\.3, its token ends in 1\d\d s$/);
    await pass(160);
    // The credentials are gone with the token that they were made with.
    await store.read('database/creds/tests', { signal });
    expect(count('auth/approle/login')).toBe(2);
    await store.close();
  });

  test('credentials that were made for us stay the same while they are renewed, and are given back', async () => {
    const store = open();
    const [first, second] = await Promise.all([1, 2].map(() => store.read('database/creds/tests', { signal })));
    expect(first).toMatchObject({
      leaseId: expect.stringMatching(/^database\/creds\/tests\//),
      value: { username: expect.any(String) },
    });
    expect(second).toEqual(first);
    await pass(50);
    await expect.poll(() => count('sys/leases/renew')).toBe(1);
    await setTimeout(20);
    const later = await store.read('database/creds/tests', { signal });
    expect(later.value).toEqual(first?.value);
    expect(Date.parse(later.expiresAt ?? '')).toBeGreaterThan(Date.parse(first?.expiresAt ?? ''));
    // Somebody was refused with them.
    const fresh = await store.read('database/creds/tests', { signal, fresh: true });
    expect(fresh.value).not.toEqual(first?.value);
    // And somebody else, with the password that belongs to the same user.
    expect(await store.read('database/creds/tests', { signal, fresh: true })).toEqual(fresh);
    expect(vault.leases).toHaveLength(2);
    await store.close();
    expect(vault.leases).toEqual([]);
  });

  test('those that cannot be renewed are made anew in time, and those of a lost token as well', async () => {
    const store = open();
    const first = await store.read('database/creds/short', { signal });
    await pass(50);
    const second = await store.read('database/creds/short', { signal });
    expect(second.value).not.toEqual(first.value);
    const [own] = vault.tokens.filter(({ path }) => path === 'auth/approle/login');
    vault.revokeToken(own?.id ?? '');
    clock.advance(3_000);
    const third = await store.read('database/creds/short', { signal, fresh: true });
    expect(third.value).not.toEqual(second.value);
    expect(await store.read('database/creds/short', { signal })).toEqual(third);
    await store.close();
  });

  test('an answer that was lost is not asked for again: it would be one more user', async () => {
    const store = open();
    vault.fault({ act: 'lost', when: ({ path }) => path === '/v1/database/creds/tests' });
    await expect(store.read('database/creds/tests', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_UNREACHABLE',
    });
    expect(count('database/creds/tests')).toBe(1);
    await store.close();
    // The token is ours, and what it has made ends with it.
    expect(vault.leases).toEqual([]);
  });

  test('they have no versions, and cannot be written', async () => {
    const store = open();
    const path = 'database/creds/tests';
    await expect(store.read(path, { signal, version: '1' })).rejects.toMatchObject({ code: 'QH_SECRET_VERSION' });
    await expect(store.versions(path, { signal })).rejects.toMatchObject({ code: 'QH_SECRET_VERSION' });
    await expect(store.write?.(path, { a: 'b' }, { signal })).rejects.toMatchObject({ code: 'QH_SECRET_INVALID' });
    await store.close();
  });
});
