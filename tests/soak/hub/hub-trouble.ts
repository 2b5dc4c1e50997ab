/** Rounds in which the database is in trouble while a suite runs: damaged, locked, or of a newer version. */
import { execFile } from 'node:child_process';
import { closeSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { moveDatabaseAside, type RunReport } from '@quality-hub/hub';
import { type HubFolder, hubFolderFor } from '@quality-hub/telemetry';
import { startRun } from '../child/start-run.ts';
import { writeKillProject } from '../kill/kill-project.ts';
import { secretOf } from '../kill/kill-round.ts';
import type { Random } from '../random.ts';
import { checkRun } from '../record/check-run.ts';
import { checkStore } from '../record/check-store.ts';
import { readTruth } from '../record/truth.ts';
import { type Kind, type RoundFacts, type RoundPlace, sumFacts } from '../round.ts';

const CLI = join(import.meta.dirname, '../../../packages/cli/bin/quality-hub.mjs');

/** Makes the trouble, and gives what ends it after the second run, or after `show` has read both. */
type Trouble = (
  folder: HubFolder,
  random: Random,
) => { readonly afterRun?: () => void; readonly afterShow?: () => void };

export const HUB_TROUBLES: readonly Kind[] = [
  troubleKind('hub-corrupt', '`hub.db` is overwritten at random places, or cut', corrupt),
  troubleKind('hub-locked', '`hub.db` is locked by another program, for a while or for the whole run', lock),
  troubleKind('hub-newer', '`hub.db` has a newer schema', raiseVersion),
];

function troubleKind(name: string, what: string, trouble: Trouble): Kind {
  return { name, what, isKill: false, run: place => troubleRound(place, trouble) };
}

/** A first run fills the database, a second one meets the trouble, then `quality-hub show` has to know both. */
async function troubleRound({ dir, random, seed }: RoundPlace, trouble: Trouble): Promise<RoundFacts> {
  writeKillProject(dir, random);
  const secret = secretOf(seed);
  const folder = hubFolderFor(dir, {});
  const first = startRun({ dir, runId: 'first', secret });
  const firstEnd = await first.ended;
  const { afterRun, afterShow } = trouble(folder, random);
  const second = startRun({ dir, runId: 'second', secret });
  const secondEnd = await second.ended;
  afterRun?.();
  const broken = [
    ...(firstEnd.exitCode === secondEnd.exitCode
      ? []
      : [`in trouble the exit code is ${secondEnd.exitCode}, without ${firstEnd.exitCode}`]),
    ...(await checkShow(dir)),
  ];
  afterShow?.();
  const facts = sumFacts([
    await checkRun({ folder, runId: 'first', truth: readTruth(first.truth), end: firstEnd }),
    await checkRun({ folder, runId: 'second', truth: readTruth(second.truth), end: secondEnd }),
  ]);
  return { ...facts, broken: [...broken, ...facts.broken, ...(await checkStore(folder, secret))] };
}

/** The user's own way out of the trouble. */
async function checkShow(dir: string): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [CLI, 'show', 'second', '--json'], { cwd: dir });
    const { counts } = JSON.parse(stdout) as RunReport;
    return counts.lost === 0 ? [] : [`show tells of ${counts.lost} lost tests`];
  } catch (error) {
    return [`quality-hub show failed: ${String((error as { stderr?: string }).stderr ?? error)}`];
  }
}

/**
 * Damage in a place that `show` has not read is not known to it: SQLite has no checksums, and reading all of a large
 * database would cost seconds. Nothing is lost by it: the database is built again from the spools, and checked.
 */
function corrupt(folder: HubFolder, random: Random): ReturnType<Trouble> {
  const { database } = folder;
  const { size } = statSync(database);
  for (const side of ['-wal', '-shm']) rmSync(database + side, { force: true });
  if (random.chance(0.3)) truncateSync(database, random.integer(0, size - 1));
  else overwrite(database, size, random);
  return { afterShow: () => void moveDatabaseAside(folder) };
}

function overwrite(path: string, size: number, random: Random): void {
  const file = openSync(path, 'r+');
  for (let count = random.integer(1, 40); count > 0; count--) {
    const bytes = Buffer.from(Array.from({ length: random.integer(1, 400) }, () => random.integer(0, 255)));
    writeSync(file, bytes, 0, bytes.length, random.integer(0, size - 1));
  }
  closeSync(file);
}

function lock({ database }: HubFolder, random: Random): ReturnType<Trouble> {
  const other = new DatabaseSync(database);
  other.exec('BEGIN EXCLUSIVE');
  let held = true;
  const release = (): void => {
    if (!held) return;
    held = false;
    other.exec('ROLLBACK');
    other.close();
  };
  if (random.chance(0.6)) void sleep(random.integer(200, 4000)).then(release);
  return { afterRun: release };
}

function raiseVersion({ database }: HubFolder, random: Random): ReturnType<Trouble> {
  const more = random.integer(1, 50);
  using store = new DatabaseSync(database);
  const known = Number(store.prepare('SELECT max(version) AS version FROM schema_version').get()?.version);
  const add = store.prepare("INSERT INTO schema_version (version, applied_at) VALUES (?, '2099-01-01T00:00:00.000Z')");
  for (let version = known + 1; version <= known + more; version++) add.run(version);
  return {
    afterRun: () => {
      using again = new DatabaseSync(database);
      again.prepare('DELETE FROM schema_version WHERE version > ?').run(known);
    },
  };
}
