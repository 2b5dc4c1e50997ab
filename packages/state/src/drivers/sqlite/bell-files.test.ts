import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scratchFolder } from '../../testing/scratch-folder.ts';
import { BellFiles } from './bell-files.ts';

const { signal } = new AbortController();

function bellsIn(folder: string, options?: ConstructorParameters<typeof BellFiles>[1]): BellFiles {
  const bells = new BellFiles(folder, options);
  onTestFinished(() => bells.close());
  return bells;
}

test('a bell that another rings is heard, for the ticket that was named alone', async () => {
  const folder = scratchFolder();
  const [mine, other] = [bellsIn(folder), bellsIn(folder)];
  const bell = mine.own();
  const first = mine.board.listen(['a'], { signal, ticket: 'one' });
  const second = mine.board.listen(['a'], { signal, ticket: 'two' });
  other.ring('two', bell);
  expect(await second.next()).toEqual({ done: false, value: 'a' });
  other.ring('one', bell);
  expect(await first.next()).toEqual({ done: false, value: 'a' });
});

test('where the system watches no files, the bell is looked at', async () => {
  const folder = scratchFolder();
  const refuse = () => {
    throw Object.assign(new Error('too many'), { code: 'EMFILE' });
  };
  const [mine, other] = [bellsIn(folder, { watchFile: refuse }), bellsIn(folder)];
  const bell = mine.own();
  const listening = mine.board.listen(['a'], { signal, ticket: 'one' });
  other.ring('one', bell);
  expect(await listening.next()).toEqual({ done: false, value: 'a' });
});

test('a bell that has rung a million times begins anew, and loses nobody', async () => {
  const folder = scratchFolder();
  const [mine, other] = [bellsIn(folder), bellsIn(folder)];
  const bell = mine.own();
  const path = join(folder, bell);
  const listening = mine.board.listen(['a'], { signal, ticket: 'nobody rings it' });
  writeFileSync(path, `${'x'.repeat(2 ** 20)}\n`, { flag: 'a' });
  // Everybody looks, since what was written meanwhile may be lost.
  expect(await listening.next()).toEqual({ done: false, value: 'a' });
  await expect.poll(() => statSync(path).size, { timeout: 20_000 }).toBe(0);
  const again = mine.board.listen(['a'], { signal, ticket: 'one' });
  other.ring('one', bell);
  expect(await again.next()).toEqual({ done: false, value: 'a' });
});

test('bells of the dead are taken down after a day, those of the living stay, and none is made for one who has gone', () => {
  const folder = scratchFolder();
  const DEAD_PID = 2 ** 22 + 1;
  const old = new Date(Date.now() - 25 * 3_600_000);
  for (const [name, time] of [
    [`${DEAD_PID}-old`, old],
    [`${DEAD_PID}-new`, new Date()],
    [`${process.pid}-old`, old],
  ] as const) {
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), time, time);
  }
  const bells = bellsIn(folder);
  const own = bells.own();
  expect(readdirSync(folder).sort()).toEqual([`${DEAD_PID}-new`, `${process.pid}-old`, own].sort());
  bells.ring('one', 'somebody-gone');
  expect(existsSync(join(folder, 'somebody-gone'))).toBe(false);
  bells.close();
  expect(existsSync(join(folder, own))).toBe(false);
});
