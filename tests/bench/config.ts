/**
 * What the configuration costs, as built and installed: resolved and checked in the runner, read in a worker.
 *
 * `pnpm bench config [--rounds N]`
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { errorSentence, OptionError } from '@quality-hub/protocol';
import { atMost, say, tell } from './figure.ts';
import { type BuiltProject, buildProject } from './measure/built-project.ts';
import { readNumbers } from './measure/options.ts';
import { inRounds } from './measure/rounds.ts';
import { lowerQuartile } from './measure/statistics.ts';

const CONFIG = `
import { z } from 'zod';
import { defineHub } from '@quality-hub/test/config';
export default defineHub({
  schema: z.object({
    shop: z.object({ baseURL: z.url(), currency: z.string().default('EUR'), tags: z.array(z.string()) }),
    limits: z.record(z.string(), z.number()),
  }),
  values: { limits: { orders: 3, carts: 4 } },
  environments: {
    local: { shop: { baseURL: 'http://127.0.0.1:4000', tags: ['a', 'b'] } },
    staging: { extends: 'local', shop: { baseURL: 'https://staging.example' }, limits: { orders: 30 } },
  },
  clients: {
    default: { baseURL: ({ config }) => config.shop.baseURL, policy: 'quick' },
    payments: { baseURL: 'https://payments.example', timeoutMs: 1_000, health: '/health' },
  },
  databases: { shop: { kind: 'postgres', url: 'postgres://127.0.0.1/shop' } },
  policies: { quick: { retry: 2, timeoutMs: 500, breaker: 'per-host' } },
});
`;

/** Milliseconds of what runs between the marks, in a process that has loaded before what a runner or a worker has. */
const SCRIPTS = {
  runner: `
    import '@quality-hub/reporters';
    const startMs = performance.now();
    const { resolveChecked } = await import('@quality-hub/runtime/check');
    const resolved = await resolveChecked({ from: process.cwd() });
    const ms = performance.now() - startMs;
    const { handOver } = await import('@quality-hub/config/hand-over');
    console.log(JSON.stringify({ ms, handoff: handOver(resolved, { file: process.env.BENCH_FILE }) }));`,
  worker: `
    import '@quality-hub/test';
    const startMs = performance.now();
    const { readHandOver } = await import('@quality-hub/config/hand-over');
    const { values, config } = await readHandOver(JSON.parse(process.env.BENCH_HANDOFF));
    const ms = performance.now() - startMs;
    if (values.shop.currency !== 'EUR' || config.clients.default.baseURL !== 'https://staging.example') throw new Error('another configuration');
    console.log(JSON.stringify({ ms }));`,
} as const;

interface Answer {
  readonly ms: number;
  readonly handoff?: object;
}

function run({ dir }: BuiltProject, script: string, file: string, handoff?: object): Answer {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', `import '@playwright/test';${script}`],
    {
      cwd: dir,
      encoding: 'utf8',
      env: {
        ...process.env,
        QUALITY_HUB_ENVIRONMENT: 'staging',
        BENCH_FILE: join(dir, file),
        BENCH_HANDOFF: JSON.stringify(handoff ?? {}),
      },
    },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Answer;
}

try {
  const { rounds } = readNumbers(process.argv.slice(2), { rounds: 20 });
  using project = await buildProject();
  project.write('quality-hub.config.mjs', CONFIG);
  const { handoff } = run(project, SCRIPTS.runner, 'handed');
  const samples = await inRounds(
    ['runner', 'worker'] as const,
    rounds,
    async which => run(project, SCRIPTS[which], 'measured', handoff).ms,
  );
  tell([
    atMost('config.runner', lowerQuartile(samples.runner), { unit: 'ms', target: 150 }),
    atMost('config.worker', lowerQuartile(samples.worker), { unit: 'ms', target: 15 }),
  ]);
} catch (error) {
  say(errorSentence(error));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
