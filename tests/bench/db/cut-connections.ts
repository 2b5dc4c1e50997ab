/** Thousands of queries while half of the connections are cut, again and again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, type SqlDatabase } from '@quality-hub/clients/db';
import { startTcpProxy } from '@quality-hub/testkit';

export interface CutResult {
  readonly wrong: number;
  readonly hung: number;
  /** Errors that the caller would see. */
  readonly failed: number;
  readonly cut: number;
  /** From the last cut until all connections of the pool answer at once. */
  readonly wholeMs: number;
}

export interface CutOptions {
  readonly kind: 'postgres' | 'mysql';
  /** Of an empty database. */
  readonly url: string;
  readonly queries: number;
  readonly random: () => number;
}

const POOL = 8;
const IN_FLIGHT = 16;
const ROWS = 200;
const QUERIES_BETWEEN_CUTS = 150;
const HUNG_MS = 10_000;

export async function queryWhileCut({ kind, url, queries, random }: CutOptions): Promise<CutResult> {
  const { hostname, port } = new URL(url);
  await using proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  await using database = openDatabase({
    name: 'cut',
    kind,
    url: proxy.url(url),
    pool: { size: POOL, min: POOL },
    random,
  });
  const place = kind === 'postgres' ? (n: number): string => `$${n}` : (): string => '?';
  await database.query('CREATE TABLE things (id INTEGER PRIMARY KEY, name VARCHAR(40), amount INTEGER)');
  const values = Array.from({ length: ROWS }, (_, id) => `(${id}, 'thing ${id}', ${id * 3})`);
  await database.query(`INSERT INTO things VALUES ${values.join(', ')}`);
  await database.warmUp();

  let [asked, wrong, hung, failed, cut] = [0, 0, 0, 0, 0];
  const cutHalf = (): void => {
    for (const connection of proxy.connections()) {
      if (random() >= 0.5) continue;
      cut++;
      if (random() < 0.5) connection.cut();
      else connection.reset();
    }
  };
  const askOnce = async (): Promise<void> => {
    const id = Math.floor(random() * ROWS);
    // Every fifth writes, always the same: it may be repeated, and no reader may see anything else.
    if (asked % 5 === 0) {
      const set = `UPDATE things SET amount = ${place(1)} WHERE id = ${place(2)}`;
      await database.query(set, [id * 3, id], { idempotent: true });
      return;
    }
    const { rows } = await database.query<{ id: number; name: string; amount: number }>(
      `SELECT id, name, amount FROM things WHERE id = ${place(1)}`,
      [id],
    );
    const [row] = rows;
    if (rows.length !== 1 || row?.id !== id || row.name !== `thing ${id}` || row.amount !== id * 3) wrong++;
  };
  const worker = async (): Promise<void> => {
    while (asked < queries) {
      asked++;
      if (asked % QUERIES_BETWEEN_CUTS === 0) cutHalf();
      const late = Symbol('late');
      const end = await Promise.race([askOnce().catch(() => failed++), sleep(HUNG_MS, late, { ref: false })]);
      if (end === late) hung++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));

  cutHalf();
  const lastCutMs = performance.now();
  while (!(await allAnswer(database))) await sleep(1);
  return { wrong, hung, failed, cut, wholeMs: performance.now() - lastCutMs };
}

/** Every connection of the pool, held at once, answers. One that was cut a moment ago may not know it yet. */
async function allAnswer(database: SqlDatabase): Promise<boolean> {
  const leases = await Promise.all(Array.from({ length: POOL }, () => database.lease()));
  const answers = await Promise.allSettled(leases.map(lease => lease.query('SELECT 1')));
  await Promise.all(leases.map(lease => lease.release()));
  return answers.every(({ status }) => status === 'fulfilled');
}
