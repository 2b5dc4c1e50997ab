/** Waits and checks that the promises share. */
import { strictEqual } from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Queryable } from '@quality-hub/protocol';

/** The error with which `work` rejects. @throws when it does not. */
export async function failureOf(work: Promise<unknown>): Promise<Error & { code?: unknown }> {
  const nothing = Symbol('it resolved');
  const error = await work.then(
    () => nothing,
    (thrown: unknown) => thrown,
  );
  if (error === nothing) throw new Error('It resolved where an error was due');
  return error as Error;
}

export async function rejectsWith(work: Promise<unknown>, code: string): Promise<void> {
  const error = await failureOf(work);
  strictEqual(error.code, code, `${error.code}: ${error.message}`);
}

/** Rejects within the time, however the work behind it ends. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export async function until(what: string, isSo: () => Promise<boolean> | boolean, timeoutMs = 5_000): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await sleep(10);
  }
}

export async function countOf(database: Queryable, table = 'things'): Promise<number> {
  const { rows } = await database.query<{ n: number }>(`SELECT count(*) AS n FROM ${table}`);
  return Number(rows[0]?.n);
}

export async function makeThings(database: Queryable, rows = 0): Promise<void> {
  await database.query('CREATE TABLE things (id INTEGER PRIMARY KEY, name VARCHAR(200), amount INTEGER)');
  for (let id = 1; id <= rows; id++) await database.query(`INSERT INTO things VALUES (${id}, 'thing ${id}', 0)`);
}
