/**
 * What a policy adds to a call that goes well, beside cockatiel's policies around the same call.
 *
 * `pnpm bench resilience [--rounds N] [--calls N]`
 */
import { errorSentence, OptionError } from '@quality-hub/protocol';
import { createPolicy, type PolicyOptions } from '@quality-hub/resilience';
import {
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  type IPolicy,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { atMost, say, tell } from './figure.ts';
import { readNumbers } from './measure/options.ts';
import { compare, inRounds } from './measure/rounds.ts';
import { lowerQuartile } from './measure/statistics.ts';

type Run = (work: () => Promise<number>) => Promise<number>;

/** Every part there is, none of them in the way. */
const FULL: PolicyOptions = {
  deadlineMs: 30_000,
  retry: 2,
  breaker: { consecutive: 5 },
  rateLimit: { calls: 1_000_000_000, perMs: 1_000 },
  bulkhead: { concurrent: 100, queue: 100 },
  timeoutMs: 5_000,
};

function ours(options: PolicyOptions): Run {
  const policy = createPolicy(options);
  return work => policy.execute(work);
}

/** As an HTTP client does it: reading the signal makes the controller. */
function oursWithSignal(options: PolicyOptions): Run {
  const policy = createPolicy(options);
  return work => policy.execute(({ signal }) => (signal.aborted ? Promise.reject(signal.reason) : work()));
}

function ofCockatiel(policy: IPolicy): Run {
  return work => policy.execute(work);
}

const theirBreaker = () => circuitBreaker(handleAll, { halfOpenAfter: 5_000, breaker: new ConsecutiveBreaker(5) });
const theirRetry = () => retry(handleAll, { maxAttempts: 2 });
const theirFull = () =>
  wrap(theirRetry(), theirBreaker(), timeout(5_000, TimeoutStrategy.Aggressive), bulkhead(100, 100));

const RUNS = {
  bare: work => work(),
  full: ours(FULL),
  fullAgain: ours(FULL),
  fullWithSignal: oursWithSignal(FULL),
  theirFull: ofCockatiel(theirFull()),
  breaker: ours({ breaker: { consecutive: 5 } }),
  theirBreaker: ofCockatiel(theirBreaker()),
  retry: ours({ retry: 2 }),
  theirRetry: ofCockatiel(theirRetry()),
} satisfies Record<string, Run>;

type Variant = keyof typeof RUNS;

try {
  const { rounds, calls } = readNumbers(process.argv.slice(2), { rounds: 100, calls: 5_000 });
  const work = async (): Promise<number> => 1;
  const measure = async (variant: Variant): Promise<number> => {
    const run: Run = RUNS[variant];
    const startMs = performance.now();
    for (let call = 0; call < calls; call++) await run(work);
    return ((performance.now() - startMs) * 1e6) / calls;
  };
  const variants = Object.keys(RUNS) as Variant[];
  // The first rounds run code that is not compiled yet.
  await inRounds(variants, 10, measure);
  const samples = await inRounds(variants, rounds, measure);
  for (const variant of variants) say(`${variant}: ${Math.round(lowerQuartile(samples[variant]))} ns a call`);
  const ratio = (one: Variant, other: Variant) => compare(samples[one], samples[other], (a, b) => a / b);
  const noise = ratio('full', 'fullAgain').spread;
  const micros = (variant: Variant) => lowerQuartile(samples[variant]) / 1_000;
  tell([
    atMost('resilience.full', micros('full'), { unit: 'µs', target: 2.1 }),
    atMost('resilience.full.ratio', ratio('full', 'theirFull').value, { unit: 'of cockatiel', target: 0.5, noise }),
    atMost('resilience.full.signal.ratio', ratio('fullWithSignal', 'theirFull').value, {
      unit: 'of cockatiel',
      target: 0.5,
      noise,
    }),
    atMost('resilience.breaker.ratio', ratio('breaker', 'theirBreaker').value, {
      unit: 'of cockatiel',
      target: 1.3,
      noise,
    }),
    atMost('resilience.retry.ratio', ratio('retry', 'theirRetry').value, { unit: 'of cockatiel', target: 1.3, noise }),
  ]);
} catch (error) {
  say(errorSentence(error));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
