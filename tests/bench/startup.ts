/**
 * What our packages add to the start of a run of one test, as built and installed.
 *
 * `pnpm bench startup [--rounds N]`
 */
import { spawnSync } from 'node:child_process';
import { errorSentence, OptionError } from '@quality-hub/protocol';
import { atMost, say, tell } from './figure.ts';
import { type BuiltProject, buildProject } from './measure/built-project.ts';
import { measuredRun, type Usage } from './measure/measured-run.ts';
import { readNumbers } from './measure/options.ts';
import { inRounds } from './measure/rounds.ts';
import { lowerQuartile, median, middleHalf } from './measure/statistics.ts';

const CONFIGS = {
  empty: `['./empty-reporter.mjs']`,
  again: `['./empty-reporter.mjs']`,
  ours: `['./empty-reporter.mjs'], ['@quality-hub/reporters']`,
} as const;

/** Loads a module in a process that has loaded Playwright before, as a runner and a worker have. */
function importMs({ dir }: BuiltProject, specifier: string): number {
  const script = `
    await import('@playwright/test');
    const startMs = performance.now();
    await import(${JSON.stringify(specifier)});
    console.log(performance.now() - startMs);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: dir,
    encoding: 'utf8',
  });
  const ms = Number(stdout);
  if (!(ms > 0)) throw new Error(`${specifier} cannot be imported: ${stderr}`);
  return ms;
}

try {
  const { rounds } = readNumbers(process.argv.slice(2), { rounds: 24 });
  using project = await buildProject();
  const spec = (from: string) =>
    `import { test, expect } from '${from}';\ntest('one', () => { expect(1).toBe(1); });\n`;
  project.write('plain.spec.js', spec('@playwright/test'));
  project.write('ours.spec.js', spec('@quality-hub/test'));
  for (const [name, reporters] of Object.entries(CONFIGS)) {
    const testMatch = name === 'ours' ? 'ours.spec.js' : 'plain.spec.js';
    project.write(`${name}.config.mjs`, `export default { testMatch: '${testMatch}', reporter: [${reporters}] };`);
  }
  say(`Runs of one test, ${rounds} rounds of ${Object.keys(CONFIGS).length} variants`);
  const samples = await inRounds(['empty', 'again', 'ours'] as const, rounds, variant =>
    measuredRun({ dir: project.dir, args: ['test', '-c', `${variant}.config.mjs`], codes: [0] }),
  );
  const added = (variant: 'ours' | 'again', of: keyof Usage, rounds?: readonly [number, number]) => {
    const part = (usages: readonly Usage[]) => lowerQuartile(usages.slice(...(rounds ?? [])).map(usage => usage[of]));
    return part(samples[variant]) - part(samples.empty);
  };
  const thirds = [0, 1, 2].map(n => added('again', 'mainMs', [(n * rounds) / 3, ((n + 1) * rounds) / 3]));
  say(`Wall time of the whole run: ${Math.round(added('ours', 'wallMs'))} ms more`);
  const imports = await inRounds(['@quality-hub/reporters', '@quality-hub/test'] as const, rounds, async specifier =>
    importMs(project, specifier),
  );
  const importFigure = (name: string, values: readonly number[]) =>
    atMost(name, median(values), { unit: 'ms', target: 20, noise: middleHalf(values) });
  tell([
    atMost('startup.main-thread', added('ours', 'mainMs'), {
      unit: 'ms',
      target: 40,
      noise: [Math.min(...thirds), Math.max(...thirds)],
    }),
    importFigure('startup.import.reporters', imports['@quality-hub/reporters']),
    importFigure('startup.import.test', imports['@quality-hub/test']),
  ]);
} catch (error) {
  say(errorSentence(error));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
