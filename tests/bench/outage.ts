/**
 * What troubles of a back end cost a suite: a service that hangs in the middle of a run, and requests that fail for a moment.
 *
 * `pnpm bench outage [--tests N] [--timeout MS] [--workers N] [--buyers N]`
 *
 * The run without Quality Hub takes minutes: that is what is measured.
 */
import { errorSentence, OptionError } from '@quality-hub/protocol';
import { atLeast, atMost, say, tell } from './figure.ts';
import { buildProject } from './measure/built-project.ts';
import { readNumbers } from './measure/options.ts';
import { faultyShop } from './outage/faulty-shop.ts';
import { hangingService } from './outage/hanging-service.ts';

const FAULTS01 = 0.1;

try {
  const defaults = { tests: 500, timeout: 5_000, workers: 2, buyers: 200 };
  const { buyers, ...suite } = readNumbers(process.argv.slice(2), defaults);
  using project = await buildProject();
  const { dir } = project;
  const shop = await faultyShop({ dir, tests: buyers, workers: suite.workers, faults01: FAULTS01 });
  say(
    `with ${FAULTS01 * 100} % of all requests failing, of ${shop.withoutFaults} tests that pass without: ${shop.withPolicies} pass with policies, ${shop.withoutPolicies} without`,
  );
  const { ours, theirs } = await hangingService({ dir, ...suite });
  await using ourRun = ours.run;
  await using theirRun = theirs.run;
  const { counts, outages, verdicts } = await ourRun.report();
  say(
    `with Quality Hub: ${Math.round(ours.wallMs / 1_000)} s, ${counts.passed} passed, ${counts.failed} failed, ${counts.blocked} blocked`,
  );
  say(`verdicts ${JSON.stringify(verdicts)}, outages ${JSON.stringify(outages)}`);
  say(`without: ${Math.round(theirs.wallMs / 1_000)} s, exit code ${theirRun.exitCode}`);
  const others = Object.entries(verdicts).reduce(
    (sum, [verdict, count]) => sum + (verdict === 'environment' ? 0 : count),
    0,
  );
  tell([
    atMost('outage.wall', ours.wallMs / theirs.wallMs, { unit: 'of the wall time without', target: 0.15 }),
    atMost('outage.verdicts.other', others, { unit: 'failures with another verdict', target: 0 }),
    atLeast('outage.faults.passed', shop.withPolicies / shop.withoutFaults, {
      unit: 'of the tests that pass without faults',
      target: 0.99,
    }),
    // Shown beside it, without a target.
    atLeast('outage.faults.passed.without', shop.withoutPolicies / shop.withoutFaults, {
      unit: 'of them without policies',
      target: 0,
    }),
  ]);
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  say(errorSentence(error));
  process.exitCode = 1;
}
