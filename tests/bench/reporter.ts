/**
 * What the reporter costs the runner: replays of stored blobs with the hub off and embedded, a live run, a merge.
 *
 * `pnpm bench reporter [--tests N] [--live N] [--rounds N]`; the README beside this file tells how to read the figures.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorSentence, OptionError } from '@quality-hub/protocol';
import { atMost, type Figure, say, tell } from './figure.ts';
import { type BuiltProject, buildProject } from './measure/built-project.ts';
import { measuredRun, type Usage } from './measure/measured-run.ts';
import { mixedSuite } from './measure/mixed-suite.ts';
import { readNumbers } from './measure/options.ts';
import { compare, inRounds } from './measure/rounds.ts';
import { median, middleHalf } from './measure/statistics.ts';
import { storedBlobs } from './measure/stored-blobs.ts';

/** Reporters of each variant. `again` is `empty` once more: what those two differ by is noise. */
const VARIANTS = {
  empty: `['./empty-reporter.mjs']`,
  again: `['./empty-reporter.mjs']`,
  spool: `['./empty-reporter.mjs'], ['@quality-hub/reporters', { hub: 'off' }]`,
  embedded: `['./empty-reporter.mjs'], ['@quality-hub/reporters']`,
  null: `['null']`,
  merge: `['@quality-hub/reporters'], ['null']`,
} as const;
type Variant = keyof typeof VARIANTS;

async function replay(project: BuiltProject, tests: number, rounds: number): Promise<Figure[]> {
  const playwright = JSON.parse(
    readFileSync(join(project.dir, 'node_modules', '@playwright', 'test', 'package.json'), 'utf8'),
  ).version as string;
  const blobs = await storedBlobs(project, tests, playwright);
  for (const [name, reporters] of Object.entries(VARIANTS)) {
    project.write(`${name}.config.mjs`, `export default { reporter: [${reporters}] };`);
  }
  say(`Replaying ${tests} tests, ${rounds} rounds of ${Object.keys(VARIANTS).length} variants`);
  const samples = await inRounds(Object.keys(VARIANTS) as Variant[], rounds, variant => {
    rmSync(join(project.dir, '.quality-hub'), { recursive: true, force: true });
    return measuredRun({ dir: project.dir, args: ['merge-reports', '-c', `${variant}.config.mjs`, blobs] });
  });
  const cpu = (variant: Variant) =>
    compare(samples[variant], samples.empty, (ours, base) => ((ours.cpuMs - base.cpuMs) * 1000) / tests);
  const wall = (variant: Variant, base: Variant = 'empty') =>
    compare(samples[variant], samples[base], (ours, other) => ours.wallMs / other.wallMs);
  const memory = (variant: Variant) =>
    compare(samples[variant], samples.empty, (ours, base) => ours.peakMb - base.peakMb);
  const each = (variant: 'spool' | 'embedded', cpuTarget: number, wallTarget: number, memoryTarget: number) => [
    atMost(`reporter.replay.${variant}.cpu`, cpu(variant).value, {
      unit: 'µs/test',
      target: cpuTarget,
      noise: cpu('again').spread,
    }),
    atMost(`reporter.replay.${variant}.wall`, wall(variant).value, {
      unit: 'ratio',
      target: wallTarget,
      noise: wall('again').spread,
    }),
    atMost(`reporter.replay.${variant}.memory`, memory(variant).value, {
      unit: 'MB',
      target: memoryTarget,
      noise: memory('again').spread,
    }),
  ];
  return [
    ...each('spool', 25, 1.1, 40),
    ...each('embedded', 70, 1.25, 80),
    atMost('reporter.merge.wall', wall('merge', 'null').value, {
      unit: 'ratio',
      target: 1.3,
      noise: wall('again').spread,
    }),
  ];
}

interface LiveSample extends Usage {
  readonly callbacks: { readonly totalMs: number; readonly calls: number };
}

/** Time inside our callbacks while the tests run; `blob` is measured beside it as a peer everybody knows. */
async function live(project: BuiltProject, tests: number, rounds: number): Promise<Figure[]> {
  for (const [name, text] of Object.entries(mixedSuite(tests))) project.write(`live-${name}`, text);
  const reporters = {
    empty: `['./empty-reporter.mjs']`,
    blob: `['./empty-reporter.mjs'], ['blob']`,
    ours: `['./empty-reporter.mjs'], ['./timed-reporter.mjs']`,
  };
  for (const [name, list] of Object.entries(reporters)) {
    const text = `export default { testMatch: 'live-*.spec.js', fullyParallel: true, retries: 1, workers: 2, reporter: [${list}] };`;
    project.write(`live-${name}.config.mjs`, text);
  }
  say(`Running ${tests} tests live, ${rounds} rounds of ${Object.keys(reporters).length} variants`);
  const samples = await inRounds(['empty', 'blob', 'ours'] as const, rounds, async variant => {
    const usage = await measuredRun({ dir: project.dir, args: ['test', '-c', `live-${variant}.config.mjs`] });
    const callbacks =
      variant === 'ours'
        ? (JSON.parse(readFileSync(join(project.dir, 'callbacks.json'), 'utf8')) as LiveSample['callbacks'])
        : { totalMs: 0, calls: 0 };
    return { ...usage, callbacks } satisfies LiveSample;
  });
  const perTest = samples.ours.map(({ callbacks }) => (callbacks.totalMs * 1000) / tests);
  const blob = compare(samples.blob, samples.empty, (one, base) => ((one.mainMs - base.mainMs) * 1000) / tests);
  const ours = compare(samples.ours, samples.empty, (one, base) => ((one.mainMs - base.mainMs) * 1000) / tests);
  say(
    `Main thread over an empty reporter: ours ${Math.round(ours.value)} µs/test, blob ${Math.round(blob.value)} µs/test`,
  );
  return [
    atMost('reporter.live.callbacks', median(perTest), { unit: 'µs/test', target: 100, noise: middleHalf(perTest) }),
  ];
}

try {
  const options = readNumbers(process.argv.slice(2), { tests: 10_000, live: 2_000, rounds: 9 });
  using project = await buildProject();
  tell([
    ...(await replay(project, options.tests, options.rounds)),
    ...(await live(project, options.live, Math.max(3, Math.ceil(options.rounds / 3)))),
  ]);
} catch (error) {
  say(errorSentence(error));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
