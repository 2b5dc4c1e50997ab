/** A round under load: the same suite with and without our reporter, then its record is compared with what it must be. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hubFolderFor } from '@quality-hub/telemetry';
import { startRun } from '../child/start-run.ts';
import { WITHOUT_VARIABLE } from '../kill/kill-project.ts';
import { secretOf } from '../kill/kill-round.ts';
import type { Random } from '../random.ts';
import { checkRun } from '../record/check-run.ts';
import { checkStore } from '../record/check-store.ts';
import { type KeptRun, readKeptRun } from '../record/kept-run.ts';
import { readTruth } from '../record/truth.ts';
import type { Kind, RoundFacts, RoundPlace } from '../round.ts';

/** So much more memory than without our reporter may the runner take, the hub's thread and its database included. */
const MEMORY_LIMIT_MB = 400;
const MEGABYTE = 2 ** 20;

export interface LoadProject {
  /** By path. */
  readonly files: Readonly<Record<string, string>>;
  readonly workers: number;
  /** More of Playwright's configuration, as text. */
  readonly config?: string;
  /** Looks for what is missing in the record. */
  check(kept: KeptRun): readonly string[];
}

export interface LoadKind {
  readonly name: string;
  readonly what: string;
  make(place: { readonly random: Random; readonly full: boolean; readonly dir: string }): LoadProject;
}

export function loadKind({ name, what, make }: LoadKind): Kind {
  return { name, what, isKill: false, run: place => loadRound(place, make(place)) };
}

async function loadRound(
  { dir, seed }: RoundPlace,
  { files, workers, config = '', check }: LoadProject,
): Promise<RoundFacts> {
  const truthReporter = JSON.stringify(join(import.meta.dirname, '../inside/truth-reporter.ts'));
  const playwrightConfig = `
const ours = process.env.${WITHOUT_VARIABLE} ? [] : [['@quality-hub/reporters', { finishTimeoutMs: 120_000 }]];
export default {
  workers: ${workers}, fullyParallel: true, timeout: 120_000, reporter: [...ours, [${truthReporter}]], ${config}
};
`;
  const basics = {
    'package.json': '{ "private": true, "type": "module" }\n',
    'playwright.config.ts': playwrightConfig,
  };
  for (const [path, text] of Object.entries({ ...basics, ...files })) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  const secret = secretOf(seed);
  const without = startRun({ dir, runId: 'without', secret, env: { [WITHOUT_VARIABLE]: '1' } });
  const plain = await without.ended;
  const run = startRun({ dir, runId: 'loaded', secret });
  const end = await run.ended;
  const folder = hubFolderFor(dir, {});
  const truth = readTruth(run.truth);
  const facts = await checkRun({ folder, runId: 'loaded', truth, end });
  const broken = [...facts.broken];
  if (end.exitCode !== plain.exitCode)
    broken.push(`the exit code is ${end.exitCode}, and ${plain.exitCode} without us`);
  const moreMb = Math.round((truth.mostBytes - readTruth(without.truth).mostBytes) / MEGABYTE);
  if (moreMb > MEMORY_LIMIT_MB) broken.push(`the runner took ${moreMb} MB more than without our reporter`);
  const kept = await readKeptRun(folder, 'loaded');
  if (kept) broken.push(...check(kept).slice(0, 20));
  if (/Quality Hub: /.test(end.output))
    broken.push(`the reporter complained: ${/Quality Hub: .*/.exec(end.output)?.[0]}`);
  return { ...facts, broken: [...broken, ...(await checkStore(folder, secret))], moreMb };
}
