/**
 * What an outage costs: a suite whose payment service hangs from its tenth call on, with Quality Hub and without.
 *
 * Two of five tests call the service. Of those, every second one says so with `needs`; the others find out. Without Quality Hub
 * each waits for its own timeout. In both suites Playwright ends a worker with each test that fails, so that our side pays for the
 * load of our packages as often as a test of it fails: they are built and installed, as users have them.
 */
import { join } from 'node:path';
import { type InlineResult, runInline, startServer } from '@quality-hub/testkit';

/** Calls that are answered before the service goes down. */
const ANSWERED = 10;
const LONGEST_MS = 60 * 60_000;

export interface HangingOptions {
  /** Folder in which Playwright and our packages are found. */
  readonly dir: string;
  readonly tests: number;
  readonly timeout: number;
  readonly workers: number;
}

export interface Outcome {
  readonly wallMs: number;
  readonly run: InlineResult;
}

/** Every fifth and every second of five calls: 200 of 500. */
const CALLS = `const calls = n % 5 === 1 || n % 5 === 3;`;

function withQualityHub(url: string, { tests, timeout }: HangingOptions): Record<string, string> {
  return {
    'playwright.config.mjs': `export default { reporter: [['line'], ['@quality-hub/reporters']] };`,
    'quality-hub.config.mjs': `export default ({ clients: { payments: { baseURL: '${url}', policy: { timeoutMs: ${timeout}, breaker: 'per-host' } } } });`,
    'a.spec.mjs': `import { needs, test } from '@quality-hub/test';
      test.describe.configure({ mode: 'parallel' });
      for (let n = 0; n < ${tests}; n++) {
        ${CALLS}
        if (!calls) test('test ' + n, () => {});
        else test('test ' + n, n % 5 === 1 ? needs({ healthy: 'payments' }) : {}, async ({ clients }) => {
          await clients.payments.post('/charges', { json: {} });
        });
      }`,
  };
}

function without(url: string, { tests, timeout }: HangingOptions): Record<string, string> {
  return {
    'playwright.config.mjs': `export default { reporter: 'line' };`,
    'a.spec.mjs': `import { test } from '@playwright/test';
      test.describe.configure({ mode: 'parallel' });
      for (let n = 0; n < ${tests}; n++) {
        ${CALLS}
        test('test ' + n, async () => {
          if (!calls) return;
          const signal = AbortSignal.timeout(${timeout});
          await fetch('${url}/charges', { method: 'POST', body: '{}', signal });
        });
      }`,
  };
}

async function run(
  name: string,
  files: (url: string, suite: HangingOptions) => Record<string, string>,
  suite: HangingOptions,
): Promise<Outcome> {
  let calls = 0;
  await using service = await startServer((request, response) => {
    if (request.url === '/charges' && ++calls > ANSWERED) return;
    response.end('{}');
  });
  const startMs = performance.now();
  const result = await runInline(files(service.url, suite), {
    dir: join(suite.dir, name),
    args: [`--workers=${suite.workers}`],
    timeoutMs: LONGEST_MS,
  });
  return { wallMs: performance.now() - startMs, run: result };
}

/** The same suite with Quality Hub and without; close both results. */
export async function hangingService(options: HangingOptions): Promise<{ ours: Outcome; theirs: Outcome }> {
  const ours = await run('outage-ours', withQualityHub, options);
  return { ours, theirs: await run('outage-theirs', without, options) };
}
