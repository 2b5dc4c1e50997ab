import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { descendantsOf, endProcesses, killQuietly, stillAlive } from './process-tree.ts';

/** A process with a child that outlives it unless it is killed; prints the id of the child. */
const PARENT = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  console.log(child.pid);
  setInterval(() => {}, 1000);
`;

test('descendants are found and ended by their exact id, and only they', async () => {
  const parent = spawn(process.execPath, ['-e', PARENT], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const marks = descendantsOf(parent.pid!);
  expect(marks.map(mark => mark.pid)).toEqual([Number(line.toString())]);
  expect(stillAlive(marks)).toEqual(marks);
  expect(stillAlive(marks.map(mark => ({ ...mark, bornAt: 'another time' })))).toEqual([]);

  await endProcesses(marks, 0);
  await endProcesses(marks, 10_000);
  expect(stillAlive(marks)).toEqual([]);
  expect(parent.exitCode).toBe(null);

  const exited = once(parent, 'exit');
  killQuietly(parent.pid!, 'SIGKILL');
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(() => killQuietly(parent.pid!, 'SIGKILL')).not.toThrow();
});
