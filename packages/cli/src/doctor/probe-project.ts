/** Asks the user's own Playwright how it understands the configuration. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { PROBE_VARIABLE, type ProjectFacts } from './project-facts.ts';

export interface ProbeOptions {
  /** Playwright's `cli.js` in the project. */
  readonly cli: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly config?: string;
  /** @default 60000 */
  readonly timeoutMs?: number;
}

export type ProbeAnswer = { readonly facts: ProjectFacts } | { readonly problem: string };

/** Loads the configuration without a test file, a server or a browser. Says what Playwright said where it cannot. */
export async function probeProject({ cli, cwd, env, config, timeoutMs = 60_000 }: ProbeOptions): Promise<ProbeAnswer> {
  const folder = mkdtempSync(join(tmpdir(), 'quality-hub-doctor-'));
  const target = join(folder, 'facts.json');
  const probe = fileURLToPath(new URL(`./probe-reporter${extname(import.meta.url)}`, import.meta.url));
  // "a^" matches no path: the files of tests stay closed.
  const args = [
    cli,
    'test',
    '--list',
    'a^',
    '--pass-with-no-tests',
    '--reporter',
    probe,
    ...(config ? ['--config', config] : []),
  ];
  const childEnv = {
    ...env,
    [PROBE_VARIABLE]: target,
    FORCE_COLOR: '0',
    NO_COLOR: undefined,
    PW_TEST_REPORTER: undefined,
  };
  try {
    const { output, killed } = await run(args, { cwd, env: childEnv, timeoutMs });
    if (existsSync(target)) return { facts: JSON.parse(readFileSync(target, 'utf8')) as ProjectFacts };
    if (killed) return { problem: `it did not load within ${timeoutMs / 1000} s` };
    return { problem: firstLine(output) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(
  args: readonly string[],
  { cwd, env, timeoutMs }: { cwd: string; env: NodeJS.ProcessEnv; timeoutMs: number },
): Promise<{ output: string; killed: boolean }> {
  return new Promise(resolve => {
    const options = { cwd, env, timeout: timeoutMs, killSignal: 'SIGKILL' as const, maxBuffer: 1 << 26 };
    execFile(process.execPath, [...args], options, (error, stdout, stderr) => {
      resolve({ output: `${stderr}\n${stdout}`, killed: error?.killed === true });
    });
  });
}

function firstLine(output: string): string {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map(line => line.trim());
  return lines.find(line => /error/i.test(line)) ?? lines.find(line => line !== '') ?? 'Playwright said nothing';
}
