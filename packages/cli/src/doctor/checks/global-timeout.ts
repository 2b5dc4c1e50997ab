/** A run ends by itself before the CI job kills it: a killed runner writes no report. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { duration } from '../../terminal/words.ts';
import type { CheckResult } from '../check.ts';

export interface JobTimeout {
  readonly file: string;
  readonly timeoutMs: number;
}

/** @param globalTimeoutMs as the configuration has it where `CI` is set; 0 for none. */
export function checkGlobalTimeout(globalTimeoutMs: number, job: JobTimeout | undefined): CheckResult {
  const name = 'global-timeout';
  const remedy =
    'Set `globalTimeout` in the Playwright configuration to some minutes less than the timeout of the CI job';
  if (globalTimeoutMs === 0) {
    return {
      name,
      status: 'warn',
      message:
        'No `globalTimeout` is set for CI: a hanging run is killed by its job, and other reporters write nothing then',
      remedy,
    };
  }
  if (job && globalTimeoutMs >= job.timeoutMs) {
    return {
      name,
      status: 'warn',
      message: `\`globalTimeout\` is ${duration(globalTimeoutMs)}, but ${job.file} kills its job after ${duration(job.timeoutMs)}`,
      remedy,
    };
  }
  const below = job ? `, below the ${duration(job.timeoutMs)} of ${job.file}` : '';
  return { name, status: 'ok', message: `\`globalTimeout\` is ${duration(globalTimeoutMs)} in CI${below}` };
}

/** The shortest limit that a CI file of the repository sets for a job. Reads GitHub workflows and `.gitlab-ci.yml`. */
export function findJobTimeout(dir: string): JobTimeout | undefined {
  const root = repositoryRoot(dir);
  const workflows = join(root, '.github', 'workflows');
  const names = existsSync(workflows) ? readdirSync(workflows).filter(name => /\.ya?ml$/.test(name)) : [];
  const found: JobTimeout[] = [];
  for (const name of names) {
    const text = readFileSync(join(workflows, name), 'utf8');
    if (!/playwright/i.test(text)) continue;
    for (const [, minutes] of text.matchAll(/^\s*timeout-minutes:\s*(\d+(?:\.\d+)?)\s*(?:#.*)?$/gm)) {
      found.push({ file: `.github/workflows/${name}`, timeoutMs: Number(minutes) * 60_000 });
    }
  }
  const gitlab = join(root, '.gitlab-ci.yml');
  const gitlabText = existsSync(gitlab) ? readFileSync(gitlab, 'utf8') : '';
  for (const [, text] of gitlabText.matchAll(/^\s*timeout:\s*["']?([^"'#\n]+)/gm)) {
    const timeoutMs = gitlabDuration(text ?? '');
    if (timeoutMs > 0) found.push({ file: '.gitlab-ci.yml', timeoutMs });
  }
  return found.sort((a, b) => a.timeoutMs - b.timeoutMs)[0];
}

const UNITS = { h: 3_600_000, m: 60_000, s: 1000 } as const;

/** `1h 30m`, `3 hours 30 minutes`; 0 for anything else. */
function gitlabDuration(text: string): number {
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)\s*([hms])/g)) {
    total += Number(count) * UNITS[unit as keyof typeof UNITS];
  }
  return total;
}

function repositoryRoot(dir: string): string {
  for (let folder = dir; dirname(folder) !== folder; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
  }
  return dir;
}
