/** What policies do to the life of a process, seen from outside of a real one. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const DOOR = JSON.stringify(new URL('../index.ts', import.meta.url).href);

interface Ended {
  readonly output: string;
  readonly code: number | null;
  readonly tookMs: number;
}

/** @param loads The door is `qh` in the script. */
function runScript(script: string, { loads = true } = {}): Promise<Ended> {
  const startedAt = performance.now();
  const head = `const door = ${DOOR};\n${loads ? 'const qh = await import(door);' : ''}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', `${head}\n${script}`], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', chunk => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve({ output: output.trim(), code, tookMs: performance.now() - startedAt }));
  });
}

test('timers of deadlines, timeouts, breakers and health never keep a process alive', async () => {
  const { output, code, tookMs } = await runScript(`
    const registry = new qh.Registry();
    const policy = qh.createPolicy({
      deadlineMs: 60_000, timeoutMs: 50_000, retry: 2, bulkhead: 1,
      breaker: { consecutive: 1, openMs: 60_000 },
    }, { registry });
    await policy.execute(async () => 'well');
    await policy.execute(async () => { throw Object.assign(new Error('x'), { status: 500 }); }).catch(() => {});
    void policy.execute(() => new Promise(() => {}), { target: 'hangs' }).catch(() => {});
    void policy.execute(() => new Promise(() => {}), { target: 'hangs' }).catch(() => {});
    const empty = { get: async () => {}, set: async () => 1, delete: async () => true, list: async () => [] };
    const board = new qh.HealthBoard(registry, empty);
    const asked = new Promise(resolve => {
      board.watch('shop', { probe: () => new Promise(() => resolve()), everyMs: 20, timeoutMs: 40_000 });
    });
    board.watch('mail', { everyMs: 50_000 });
    const waits = setTimeout(() => {}, 15_000);
    await asked;
    clearTimeout(waits);
    console.log(JSON.stringify(registry.breakers().map(({ state }) => state)));
  `);
  expect({ output, code }).toEqual({ output: '["open","closed"]', code: 0 });
  expect(tookMs).toBeLessThan(20_000);
});

test('a delay that somebody waits for does: the process ends after the result, not before', async () => {
  const { output, code } = await runScript(`
    let attempts = 0;
    const retried = qh.createPolicy({ retry: { retries: 1, baseMs: 50, jitter: 'none' } });
    console.log(await retried.execute(async () => {
      if (++attempts === 1) throw Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
      return 'second attempt';
    }));
    const limited = qh.createPolicy({ rateLimit: { calls: 20, burst: 1 } });
    await limited.execute(async () => {});
    console.log(await limited.execute(async () => 'second call'));
  `);
  expect({ output, code }).toEqual({ output: 'second attempt\nsecond call', code: 0 });
});

test('the example of the README runs and says what it says', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const script = example.replace(/^import \{(.*)\} from '@quality-hub\/resilience';$/m, 'const {$1} = qh;');
  expect(script).not.toBe(example);
  const { output, code } = await runScript(script);
  expect({ output, code }).toEqual({ output: 'paid in attempt 2\n1', code: 0 });
});

test('its door loads nothing from outside but cockatiel', async () => {
  const { output } = await runScript(
    `
    const { registerHooks } = await import('node:module');
    const asked = new Set();
    registerHooks({ resolve: (name, context, next) => { if (!name.startsWith('.')) asked.add(name); return next(name, context); } });
    await import(door);
    asked.delete(door);
    console.log(JSON.stringify([...asked].sort()));
  `,
    { loads: false },
  );
  expect(JSON.parse(output)).toEqual(['@quality-hub/protocol', 'cockatiel']);
});
