/**
 * A round in which workers and runners that create in four systems are killed: after the next run, or one sweep, nothing of
 * theirs is left, and nothing of others is touched.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { hubFolderFor } from '@quality-hub/telemetry';
import { membersOf, signal } from '../../child/process-group.ts';
import { type StartedRun, startRun } from '../../child/start-run.ts';
import type { Random } from '../../random.ts';
import type { Kind, RoundFacts, RoundPlace } from '../../round.ts';
import {
  type DataProject,
  KILLED_SPEC,
  NEXT_SPEC,
  PROGRESS_FILE,
  STAFF_VARIABLE,
  writeDataProject,
} from './data-project.ts';
import { type Contents, openSystems, type Systems } from './systems.ts';

const CLI = join(import.meta.dirname, '../../../../packages/cli/bin/quality-hub.mjs');
const POLL_MS = 4;
const FULL = { workers: 8, tests: 24 };
const SMALL = { workers: 4, tests: 10 };

export const DATA_KILL: Kind = {
  name: 'data-kill',
  what: 'SIGKILL to workers, the runner or all of them, while tests create in the shop and in three databases',
  isKill: true,
  needs: ['QH_POSTGRES_URL', 'QH_MARIADB_URL'],
  async run(place) {
    await using systems = await openSystems(place.dir);
    // Awaited: they end with this block.
    return await killAndLook(place, systems);
  },
};

async function killAndLook({ dir, random, seed, full }: RoundPlace, systems: Systems): Promise<RoundFacts> {
  const project = writeDataProject(dir, systems, random, full ? FULL : SMALL);
  const before = await systems.contents();
  const secret = `swordfish-${seed}-deep`;
  const env = { [STAFF_VARIABLE]: `Bearer ${systems.staffToken}` };
  const run = startRun({ dir, runId: 'killed', secret, env, args: [KILLED_SPEC] });
  const kills = await strike(run, dir, project, random);
  const killed = await run.ended;
  const broken: string[] = killed.hung ? [`the killed run hung: ${killed.output}`] : [];
  const left = difference(before, await systems.contents()).extra;
  // One of the two has to be enough.
  const cure = random.chance(0.5) ? 'sweep' : 'next run';
  const told = cure === 'sweep' ? await sweep(dir, env) : await nextRun(dir, secret, env);
  if (told !== undefined) broken.push(told);
  const after = difference(before, await systems.contents());
  const story = `${kills}, ${left.length} left, then ${cure}`;
  if (after.extra.length > 0) broken.push(`after ${story}: created by us and still there: ${after.extra.join(', ')}`);
  if (after.missing.length > 0) broken.push(`after ${story}: made by others and gone: ${after.missing.join(', ')}`);
  const entries = entriesIn(dir);
  if (entries.length > 0) broken.push(`after ${story}: still in the ledger: ${entries.join(', ')}`);
  return { ...countTests(dir, project), broken };
}

/** Kills what the seed says, when it says; gives it in words. */
async function strike(run: StartedRun, dir: string, project: DataProject, random: Random): Promise<string> {
  const target = random.pick(['worker', 'worker', 'runner', 'group'] as const);
  const blows = target === 'worker' ? random.integer(1, 4) : 1;
  const moments = Array.from({ length: blows }, () => random.integer(1, Math.max(1, project.lines - 2)));
  let dealt = 0;
  for (const lines of moments.sort((a, b) => a - b)) {
    while (!run.isOver() && linesOf(dir).length < lines) await sleep(POLL_MS);
    await sleep(random.integer(0, 30));
    if (run.isOver()) break;
    dealt++;
    if (target === 'runner') signal(run.pid, 'SIGKILL');
    else if (target === 'group') signal(-run.pid, 'SIGKILL');
    else {
      const workers = membersOf(run.pid).filter(member => member !== run.pid);
      if (workers.length > 0) signal(random.pick(workers), 'SIGKILL');
    }
  }
  return `${dealt} × SIGKILL to ${target}`;
}

type Environment = Readonly<Record<string, string>>;

/** What is wrong with it, or undefined. */
async function sweep(dir: string, env: Environment): Promise<string | undefined> {
  const child = spawn(process.execPath, [CLI, 'sweep'], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 ? undefined : `the sweep ends with ${code}: ${output}`;
}

async function nextRun(dir: string, secret: string, env: Environment): Promise<string | undefined> {
  const end = await startRun({ dir, runId: 'next', secret, env, args: [NEXT_SPEC] }).ended;
  return end.exitCode === 0 ? undefined : `the next run ends with ${end.exitCode}: ${end.output}`;
}

function difference(before: Contents, after: Contents): { readonly extra: string[]; readonly missing: string[] } {
  const named = (contents: Contents): string[] =>
    Object.entries(contents).flatMap(([table, ids]) => ids.map(id => `${table} ${id}`));
  const [was, is] = [new Set(named(before)), new Set(named(after))];
  return { extra: [...is].filter(id => !was.has(id)), missing: [...was].filter(id => !is.has(id)) };
}

function entriesIn(dir: string): readonly string[] {
  const path = hubFolderFor(dir, {}).state;
  if (!existsSync(path)) return [];
  const file = new DatabaseSync(path, { readOnly: true });
  const rows = file.prepare("select key, value from entries where key like 'ledger/entry/%'").all();
  file.close();
  return rows.map(({ key, value }) => `${key} ${value}`);
}

function linesOf(dir: string): readonly string[] {
  const path = join(dir, PROGRESS_FILE);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
}

function countTests(dir: string, { tests }: DataProject): Omit<RoundFacts, 'broken'> {
  const lines = linesOf(dir);
  const count = (word: string): number => lines.filter(line => line === word).length;
  const [begun, finished] = [count('begin'), count('end')];
  return { planned: tests, finished, lost: begun - finished, notRun: tests - begun };
}
