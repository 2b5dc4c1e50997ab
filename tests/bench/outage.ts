/**
 * What an outage costs: a suite whose payment service hangs from its tenth call on, with Quality Hub and without.
 *
 * Two of five tests call the service. Of those, every second one says so with `needs`; the others find out. Without Quality Hub
 * each waits for its own timeout. The second run takes minutes: that is what is measured.
 *
 * `pnpm bench outage [--tests N] [--timeout MS] [--workers N]`
 */
import { errorSentence, OptionError } from '@quality-hub/protocol';
import { type InlineResult, runInline, startServer } from '@quality-hub/testkit';
import { atMost, say, tell } from './figure.ts';
import { readNumbers } from './measure/options.ts';

/** Calls that are answered before the service goes down. */
const ANSWERED = 10;
const LONGEST_MS = 60 * 60_000;

interface Suite {
  readonly tests: number;
  readonly timeout: number;
  readonly workers: number;
}

interface Outcome {
  readonly wallMs: number;
  readonly run: InlineResult;
}

/** Every fifth and every second of five calls: 200 of 500. */
const CALLS = `const calls = n % 5 === 1 || n % 5 === 3;`;

function withQualityHub(url: string, { tests, timeout }: Suite): Record<string, string> {
  return {
    'quality-hub.config.ts': `import { defineHub } from '@quality-hub/test/config';
      export default defineHub({ clients: { payments: { baseURL: '${url}', policy: { timeoutMs: ${timeout}, breaker: 'per-host' } } } });`,
    'a.spec.ts': `import { needs, test } from '@quality-hub/test';
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

function without(url: string, { tests, timeout }: Suite): Record<string, string> {
  return {
    'playwright.config.ts': `export default { reporter: 'line' };`,
    'a.spec.ts': `import { test } from '@playwright/test';
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

async function run(files: (url: string, suite: Suite) => Record<string, string>, suite: Suite): Promise<Outcome> {
  let calls = 0;
  await using service = await startServer((request, response) => {
    if (request.url === '/charges' && ++calls > ANSWERED) return;
    response.end('{}');
  });
  const startMs = performance.now();
  const result = await runInline(files(service.url, suite), {
    args: [`--workers=${suite.workers}`],
    timeoutMs: LONGEST_MS,
  });
  return { wallMs: performance.now() - startMs, run: result };
}

try {
  const suite = readNumbers(process.argv.slice(2), { tests: 500, timeout: 5_000, workers: 2 });
  const ours = await run(withQualityHub, suite);
  await using ourRun = ours.run;
  const { counts, outages, verdicts } = await ourRun.report();
  say(
    `with Quality Hub: ${Math.round(ours.wallMs / 1_000)} s, ${counts.passed} passed, ${counts.failed} failed, ${counts.blocked} blocked`,
  );
  say(`verdicts ${JSON.stringify(verdicts)}, outages ${JSON.stringify(outages)}`);
  const theirs = await run(without, suite);
  await using theirRun = theirs.run;
  say(`without: ${Math.round(theirs.wallMs / 1_000)} s, exit code ${theirRun.exitCode}`);
  const others = Object.entries(verdicts).reduce(
    (sum, [verdict, count]) => sum + (verdict === 'environment' ? 0 : count),
    0,
  );
  tell([
    atMost('outage.wall', ours.wallMs / theirs.wallMs, { unit: 'of the wall time without', target: 0.15 }),
    atMost('outage.verdicts.other', others, { unit: 'failures with another verdict', target: 0 }),
  ]);
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  say(errorSentence(error));
  process.exitCode = 1;
}
