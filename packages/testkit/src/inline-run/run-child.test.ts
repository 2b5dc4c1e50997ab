import { tmpdir } from 'node:os';
import { expect, test, vi } from 'vitest';
import { descendantsOf, isAlive } from './process-tree.ts';
import { runChild } from './run-child.ts';

/** Starts a process that outlives it, prints its id, and goes on as told. */
function parent(then: string, stdio: 'ignore' | 'inherit' = 'ignore'): string[] {
  const child = `spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: '${stdio}' })`;
  return [
    '-e',
    `const child = require('node:child_process').${child}; child.unref(); console.log('child', child.pid); ${then}`,
  ];
}

const place = { cwd: tmpdir(), env: {} };

function childPid(output: string): number {
  const pid = Number(/child (\d+)/.exec(output)?.[1]);
  expect(pid).toBeGreaterThan(0);
  return pid;
}

test('a program that does not end is killed with its children, and its output is told', async () => {
  const error = await runChild({ args: parent('setInterval(() => {}, 1000)'), ...place, timeoutMs: 3000 }).then(
    () => undefined,
    (reason: unknown) => reason as { code: string; output: string; message: string },
  );
  expect(error).toMatchObject({ code: 'QH_INLINE_TIMEOUT', message: expect.stringContaining('within 3000 ms') });
  const pid = childPid(error?.output ?? '');
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
  expect(descendantsOf(process.pid).some(mark => mark.pid === pid)).toBe(false);
});

test('children that outlive a signalled program are ended after their grace', async () => {
  const signal = { after: /child \d+/, send: 'SIGTERM', graceMs: 50 } as const;
  const result = await runChild({ args: parent('setInterval(() => {}, 1000)'), ...place, timeoutMs: 30_000, signal });
  expect([result.exitCode, result.signal]).toEqual([null, 'SIGTERM']);
  const pid = childPid(result.stdout);
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
});

test('a signal can be sent after a time', async () => {
  const args = ['-e', "process.on('SIGINT', () => process.exit(7)); setInterval(() => {}, 1000);"];
  const result = await runChild({ args, ...place, timeoutMs: 30_000, signal: { after: 2000, send: 'SIGINT' } });
  expect([result.exitCode, result.signal]).toEqual([7, null]);
});

test('a process that holds the pipes open does not hold the result', async () => {
  const result = await runChild({ args: parent('', 'inherit'), ...place, timeoutMs: 30_000 });
  const pid = childPid(result.stdout);
  expect(result.exitCode).toBe(0);
  expect(isAlive(pid)).toBe(true);
  process.kill(pid, 'SIGKILL');
});

test('a program that cannot start is told', async () => {
  const run = runChild({ args: [], cwd: '/no/such/folder', env: {}, timeoutMs: 1000 });
  await expect(run).rejects.toMatchObject({
    code: 'QH_INLINE_RUN',
    message: expect.stringContaining('/no/such/folder'),
  });
});
