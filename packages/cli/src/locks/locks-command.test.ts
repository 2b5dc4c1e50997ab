import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRuntime, type Runtime, type Shares } from '@quality-hub/runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runHere } from '../testing/run-here.ts';

let cwd: string;
let worker: Runtime;
let shares: Shares;

beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'qh-locks-'));
  mkdirSync(join(cwd, '.quality-hub'));
  writeFileSync(join(cwd, 'quality-hub.config.ts'), `export default { pools: { cashiers: [{ login: 'c1' }] } };`);
  worker = await openRuntime({
    config: { pools: { cashiers: [{ login: 'c1' }] } },
    worker: 'w-1',
    runId: 'run-1',
    stateFile: join(cwd, '.quality-hub', 'state.db'),
  });
  shares = (await worker.sharing()).for({ owner: { id: 'a', label: 'pays (worker w-1)' } });
});
afterEach(async () => {
  await shares.locks.close();
  await worker.close();
  rmSync(cwd, { recursive: true });
});

const said = async (...args: string[]) => runHere(['locks', ...args], { cwd });

test('what is held, who waits and what is kept back, with what was lately', async () => {
  expect((await said('--history', '0')).stdout).toBe('Nothing is held, and nobody waits.\n');
  await shares.locks.acquire(['stock', 'billing'], { ttlMs: 600_000 });
  const cashier = await shares.pools.lease('cashiers');
  await cashier.lease.quarantine('sells nothing');
  const stop = new AbortController();
  const other = (await worker.sharing()).for({ owner: { id: 'b', label: 'refunds' } });
  const wait = other.locks.acquire('billing', { signal: stop.signal }).catch(() => {});
  await expect.poll(async () => JSON.parse((await said('--json')).stdout).waiters).toHaveLength(1);
  const { code, stdout } = await said();
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /2 leases held\n {2}billing, stock: pays \(worker w-1\), run run-1 for .*, token \d+, ends in .* unless it is renewed/,
  );
  expect(stdout).toMatch(/\n {2}cashiers\/c1: pays/);
  expect(stdout).toMatch(/1 waits\n {2}billing: refunds, run run-1 for /);
  expect(stdout).toMatch(
    /1 member kept back\n {2}cashiers\/c1 until 20.*Z: sells nothing \(found by pays \(worker w-1\)\)/,
  );
  expect(stdout).toMatch(/Lately\n.*granted billing, stock: pays.*\(waited 0 ms\)/s);
  stop.abort();
  await wait;
  expect(JSON.parse((await said('--json')).stdout)).toMatchObject({
    leases: [
      { kind: 'lock', names: ['billing', 'stock'], mode: 'exclusive' },
      { kind: 'member', names: ['cashiers/c1'] },
    ],
    waiters: [],
    quarantined: [{ pool: 'cashiers', member: 'c1' }],
  });
});

test('a lock is broken after asking, its holder loses it, and it stands in the audit trail', async () => {
  const lease = await shares.locks.acquire('billing', { ttlMs: 1_500 });
  const no = await runHere(['locks', 'break', 'billing'], { cwd, answer: () => 'n' });
  expect([no.code, lease.isHeld]).toEqual([1, true]);
  expect(await said('break', 'billing')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('has nobody to ask. Say --yes'),
  });
  const yes = await runHere(['locks', 'break', 'billing'], { cwd, answer: () => 'yes', env: { USER: 'mara' } });
  expect(yes).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/will lose billing.*\nbilling is free: pays \(worker w-1\) has lost it\n$/),
  });
  await expect.poll(() => lease.signal.aborted, { timeout: 30_000 }).toBe(true);
  expect(lease.signal.reason).toMatchObject({ code: 'QH_LOCK_LOST' });
  const folder = join(cwd, '.quality-hub', 'audit', 'locks');
  const [file = ''] = readdirSync(folder);
  expect(JSON.parse(readFileSync(join(folder, file), 'utf8'))).toMatchObject({
    action: 'broken',
    name: 'lock billing',
    by: 'mara',
    why: 'held by pays (worker w-1)',
  });
  expect((await runHere(['audit', 'verify'], { cwd })).stdout).toContain('1 trail, all whole');
  expect((await said()).stdout).toMatch(/broken billing: pays \(worker w-1\), run run-1: by mara/);
});

test('a member that is kept back is lent again', async () => {
  await shares.pools.with('cashiers', cashier => cashier.lease.quarantine('sells nothing'));
  expect(await said('pardon', 'cashiers/c1')).toMatchObject({
    code: 0,
    stdout: 'cashiers/c1 can be lent again; it was kept back because of: sells nothing\n',
  });
  await shares.pools.with('cashiers', cashier => expect(cashier.login).toBe('c1'));
});

test('what there is none of is told, with what was meant', async () => {
  await shares.locks.acquire('billing');
  expect(await said('break', 'biling', '--yes')).toMatchObject({
    code: 1,
    stderr: 'quality-hub: Nobody holds "biling"; did you mean "billing"?. There is billing.\n',
  });
  expect(await said('pardon', 'x')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No member "x" is kept back'),
  });
  expect(await said('brake', 'x')).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "break"?') });
  expect(await said('break')).toMatchObject({ code: 2, stderr: expect.stringContaining('takes one name') });
  const { locksCommand } = await import('./locks-command.ts');
  const { breakLock } = await import('./break-lock.ts');
  expect(locksCommand.name).toBe('locks');
  const context = { terminal: { out: () => {} }, cwd, env: {} } as never;
  await expect(breakLock('x', { positionals: [], options: {} }, context, worker)).rejects.toMatchObject({
    code: 'QH_NO_LOCK',
  });
});
