/** SQLite has no connections to cut: there, other processes that hold the file locked are killed in the middle of a write. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '@quality-hub/clients/db';
import type { CutResult } from './cut-connections.ts';

const ROWS = 200;
const POOL = 4;
const HUNG_MS = 10_000;
/** Takes the file, changes every row, says so, and never commits. */
const WRITER = `
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(process.argv[1], { timeout: 5000 });
  database.exec('PRAGMA cache_size = 1; BEGIN EXCLUSIVE; UPDATE things SET amount = -1');
  process.stdout.write('holds');
  setInterval(() => {}, 1000);`;

export async function queryWhileWritersDie({
  path,
  queries,
  random,
}: {
  path: string;
  queries: number;
  random: () => number;
}): Promise<CutResult> {
  await using database = openDatabase({ name: 'cut', kind: 'sqlite', url: path, pool: { size: POOL }, random });
  await database.query('CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, amount INTEGER)');
  const values = Array.from({ length: ROWS }, (_, id) => `(${id}, 'thing ${id}', ${id * 3})`);
  await database.query(`INSERT INTO things VALUES ${values.join(', ')}`);
  let [asked, wrong, hung, failed, cut, lastKillMs] = [0, 0, 0, 0, 0, performance.now()];
  let over = false;
  const killing = (async () => {
    while (!over) {
      const writer = spawn(process.execPath, ['--eval', WRITER, path], { stdio: ['ignore', 'pipe', 'ignore'] });
      const ended = once(writer, 'exit');
      await Promise.race([once(writer.stdout, 'data'), ended]);
      await sleep(random() * 30);
      writer.kill('SIGKILL');
      await ended;
      cut++;
      lastKillMs = performance.now();
      await sleep(random() * 30);
    }
  })();
  const worker = async (): Promise<void> => {
    while (asked < queries) {
      const id = asked++ % ROWS;
      const late = Symbol('late');
      const query = (async () => {
        if (id % 5 === 0) {
          await database.query('UPDATE things SET amount = ? WHERE id = ?', [id * 3, id], { idempotent: true });
          return;
        }
        const { rows } = await database.query<{ amount: number }>('SELECT amount FROM things WHERE id = ?', [id]);
        if (rows.length !== 1 || rows[0]?.amount !== id * 3) wrong++;
      })().catch(() => failed++);
      // Spread over the life of several writers.
      if ((await Promise.race([query, sleep(HUNG_MS, late, { ref: false })])) === late) hung++;
      if (asked % 10 === 0) await sleep(1);
    }
  };
  await Promise.all(Array.from({ length: POOL * 2 }, worker));
  over = true;
  await killing;
  const leases = await Promise.all(Array.from({ length: POOL }, () => database.lease()));
  await Promise.all(leases.map(lease => lease.query('SELECT count(*) FROM things')));
  const wholeMs = performance.now() - lastKillMs;
  await Promise.all(leases.map(lease => lease.release()));
  return { wrong, hung, failed, cut, wholeMs };
}
