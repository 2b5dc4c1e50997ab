/**
 * Databases: how fast a worker has its own and a test a clean one, and what is left of 5,000 queries while connections are cut.
 *
 * `pnpm bench db [--rows N] [--queries N] [--seed N]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@quality-hub/clients/db';
import { errorSentence, OptionError } from '@quality-hub/protocol';
import { type CutResult, queryWhileCut } from './db/cut-connections.ts';
import { queryWhileWritersDie } from './db/killed-writers.ts';
import { startServers } from './db/servers.ts';
import { measureTemplate } from './db/shop-template.ts';
import { atMost, type Figure, say, tell } from './figure.ts';
import { readNumbers } from './measure/options.ts';

function cutFigures(name: string, { wrong, hung, failed, cut, wholeMs }: CutResult): Figure[] {
  say(`${name}: ${cut} cut; ${failed} queries failed, ${wrong} were wrong, ${hung} hung`);
  return [
    atMost(`db.cut.${name}.wrong`, wrong, { unit: 'queries', target: 0 }),
    atMost(`db.cut.${name}.hung`, hung, { unit: 'queries', target: 0 }),
    atMost(`db.cut.${name}.whole`, wholeMs, { unit: 'ms', target: 1_000 }),
  ];
}

/** A small generator, so that a run can be repeated (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function emptyDatabase(kind: 'postgres' | 'mysql', url: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `qh_bench_${process.pid}`;
  await using admin = openDatabase({ name: 'admin', kind, url });
  await admin.query(`CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    async drop() {
      await using again = openDatabase({ name: 'admin', kind, url });
      await again.query(`DROP DATABASE ${name}${kind === 'postgres' ? ' WITH (FORCE)' : ''}`);
    },
  };
}

async function whileCut(
  kind: 'postgres' | 'mysql',
  url: string,
  options: { queries: number; random: () => number },
): Promise<CutResult> {
  const empty = await emptyDatabase(kind, url);
  try {
    return await queryWhileCut({ kind, url: empty.url, ...options });
  } finally {
    await empty.drop();
  }
}

try {
  const { rows, queries, seed } = readNumbers(process.argv.slice(2), { rows: 20_000, queries: 5_000, seed: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'quality-hub-bench-'));
  const servers = await startServers();
  try {
    const random = seeded(seed);
    const postgres = await measureTemplate('postgres', servers.postgres, rows);
    const sqlite = await measureTemplate('sqlite', folder, rows);
    say(
      `templates made in ${Math.round(postgres.templateMs)} ms (PostgreSQL), ${Math.round(sqlite.templateMs)} ms (SQLite)`,
    );
    tell([
      atMost('db.template.postgres.copied', postgres.copiedMs, { unit: 'ms', target: 150 }),
      atMost('db.template.postgres.ready', postgres.readyMs, { unit: 'ms', target: 150 }),
      atMost('db.reset.postgres.transaction', postgres.resetMs, { unit: 'ms', target: 2 }),
      atMost('db.template.sqlite.ready', sqlite.readyMs, { unit: 'ms', target: 150 }),
      atMost('db.reset.sqlite.transaction', sqlite.resetMs, { unit: 'ms', target: 2 }),
      ...cutFigures('postgres', await whileCut('postgres', servers.postgres, { queries, random })),
      ...cutFigures('mariadb', await whileCut('mysql', servers.mariadb, { queries, random })),
      ...cutFigures('sqlite', await queryWhileWritersDie({ path: join(folder, 'cut.db'), queries, random })),
    ]);
  } finally {
    await servers.stop();
    rmSync(folder, { recursive: true, force: true });
  }
} catch (error) {
  say(errorSentence(error));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
