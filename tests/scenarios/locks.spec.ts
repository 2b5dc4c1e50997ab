import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { type LocalServer, runInline, startServer } from '@quality-hub/testkit';

test.describe.configure({ timeout: 400_000 });

const CLI = join(process.cwd(), 'packages', 'cli', 'bin', 'quality-hub.mjs');
const PAUSE = `const pause = ms => new Promise(resolve => setTimeout(resolve, ms));`;

/** A service that bears one user of each thing at a time, and counts where there were two. */
class FragileService {
  readonly used = new Map<string, number>();
  collisions = 0;
  readonly #inUse = new Set<string>();
  #server: LocalServer | undefined;

  static async start(): Promise<FragileService> {
    const service = new FragileService();
    service.#server = await startServer((request, response) => {
      const [, action = '', thing = ''] = (request.url ?? '').split('/');
      if (action === 'begin') {
        if (service.#inUse.has(thing)) service.collisions++;
        service.#inUse.add(thing);
        service.used.set(thing, (service.used.get(thing) ?? 0) + 1);
      }
      if (action === 'end') service.#inUse.delete(thing);
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
    return service;
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.close();
  }
}

const suite = (url: string, isolated: boolean) => ({
  'quality-hub.config.ts': `
    import { defineHub } from '@quality-hub/test/config';
    export default defineHub({
      clients: { default: { baseURL: '${url}' } },
      pools: { cashiers: { members: [{ login: 'c1' }, { login: 'c2' }], strategy: 'least-recently-used' } },
    });`,
  'a.spec.ts': `
    import { expect, needs, test } from '@quality-hub/test';
    ${PAUSE}
    test.describe.configure({ mode: 'parallel', timeout: 200_000 });
    const use = async (api, thing) => {
      await api.get('/begin/' + thing);
      await pause(150);
      await api.get('/end/' + thing);
    };
    for (let n = 0; n < 6; n++)
      test('sells ' + n, async ({ api${isolated ? ', pools' : ''} }) => {
        const cashier = ${isolated ? `await pools.lease('cashiers')` : `{ login: 'c' + (n % 2 + 1) }`};
        await use(api, cashier.login);
      });
    for (let n = 0; n < 2; n++)
      test('counts the stock ' + n, ${isolated ? `needs({ lock: 'stock' }),` : ''} async ({ api }) => { await use(api, 'stock'); });`,
});

async function manyAtOnce(isolated: boolean) {
  const hub = mkdtempSync(join(tmpdir(), 'qh-scenario-locks-'));
  await using service = await FragileService.start();
  const files = suite(service.url, isolated);
  const once = (args: readonly string[]) =>
    runInline(files, { args: ['--workers=2', ...args], env: { QUALITY_HUB_DIR: hub }, timeoutMs: 300_000 });
  // One whole run, and another one in two shards: three runners, six workers, two accounts.
  const runs = await Promise.all([once([]), once(['--shard=1/2']), once(['--shard=2/2'])]);
  for (const run of runs) {
    expect(run.exitCode, run.output).toBe(0);
    await run[Symbol.asyncDispose]();
  }
  rmSync(hub, { recursive: true, force: true });
  return { collisions: service.collisions, used: Object.fromEntries(service.used) };
}

test('two runs at once, one of them in two shards, share two accounts and one stock without a collision', async () => {
  const { collisions, used } = await manyAtOnce(true);
  expect(collisions).toBe(0);
  expect((used.c1 ?? 0) + (used.c2 ?? 0)).toBe(12);
  expect(used.stock).toBe(4);
});

test('the same without turns collides: the service is as fragile as it says', async () => {
  expect((await manyAtOnce(false)).collisions).toBeGreaterThan(0);
});

test('what a killed worker held is free when its time is over, and reset before the next one has it', async () => {
  await using service = await FragileService.start();
  await using run = await runInline(
    {
      'quality-hub.config.ts': `
        export default {
          clients: { default: { baseURL: '${service.url}' } },
          pools: { cashiers: { members: [{ login: 'c1' }], ttlMs: 2_000,
            reset: async (member, { client }) => { await client().get('/reset/' + member.login); await client().get('/end/' + member.login); } } },
        };`,
      'a.spec.ts': `
        import { expect, test } from '@quality-hub/test';
        test('dies', async ({ pools, locks, api }) => {
          const { login } = await pools.lease('cashiers');
          await locks.acquire('billing', { ttlMs: 2_000 });
          await api.get('/begin/' + login);
          process.kill(process.pid, 'SIGKILL');
          await new Promise(() => {});
        });
        test('goes on', async ({ pools, locks, api }) => {
          const { login } = await pools.lease('cashiers');
          await locks.acquire('billing');
          await api.get('/begin/' + login);
          await api.get('/end/' + login);
        });`,
    },
    { args: ['--workers=1'], timeoutMs: 200_000 },
  );
  const { counts, failures } = await run.report();
  expect(counts, run.output).toMatchObject({ planned: 2, passed: 1, failed: 1 });
  expect(failures[0]).toMatchObject({ identity: { titlePath: ['dies'] }, verdict: 'resource' });
  expect(service.collisions).toBe(0);
  expect(service.used.get('c1')).toBe(2);
});

test('who waited in vain is told by whom, in the error, in the verdict and by the command', async () => {
  await using run = await runInline(
    {
      'quality-hub.config.ts': `export default { pools: { cashiers: [{ login: 'c1' }] } };`,
      'a.spec.ts': `
        import { expect, test } from '@quality-hub/test';
        test('waits for the lock', async ({ locks, workerLocks }) => {
          await workerLocks.acquire('billing');
          await locks.acquire('billing', { waitMs: 300 });
        });
        test.describe('a member', () => {
          test.describe.configure({ timeout: 5_000 });
          test('waits for a member', async ({ pools, workerPools }) => {
            await workerPools.lease('cashiers');
            await pools.lease('cashiers');
          });
        });`,
    },
    { args: ['--workers=1'], timeoutMs: 200_000 },
  );
  const { failures, counts } = await run.report();
  expect(counts, run.output).toMatchObject({ planned: 2, failed: 2 });
  for (const { message, verdict } of failures) {
    expect(message).toMatch(/The lock "billing" was not free within|The pool "cashiers" had no member free within/);
    expect(message).toMatch(/worker w-\w+ on /);
    expect(verdict).toBe('interference');
  }
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, 'locks'], { cwd: run.dir });
  expect(stdout).toMatch(/timeout billing: waits for the lock/);
  expect(stdout).toMatch(/timeout cashiers: a member › waits for a member/);
  expect(stdout).not.toContain('held\n');
});
