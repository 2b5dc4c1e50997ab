/** Compares what became of tests in each variant of a flag, with the probability that the difference is chance. */
import { fisherExact } from '../significance/fisher-exact.ts';
import { mannWhitney } from '../significance/mann-whitney.ts';

/** The first attempt of a test in a run: retries would count what is bad several times. */
export interface VariantObservation {
  readonly flag: string;
  readonly variant: string;
  readonly runId: string;
  /** Identity key of the test. */
  readonly test: string;
  /** The same for the tests that differ only in the variant of their group. */
  readonly pair: string;
  readonly passed: boolean;
  readonly durationMs: number | undefined;
}

export interface ReportedVariant {
  readonly variant: string;
  readonly runs: number;
  readonly tests: number;
  /** First attempts that passed or failed. */
  readonly attempts: number;
  readonly failed: number;
  /** Of those that passed; absent where none did. */
  readonly medianMs?: number;
}

export interface VariantComparison {
  readonly variant: string;
  readonly against: readonly string[];
  /**
   * `attempts`: of the tests that ran in both. `tests`: none did, each test counts once, and a difference may be one of the
   * tests instead of the variants.
   */
  readonly unit: 'attempts' | 'tests';
  readonly counted: number;
  readonly failed: number;
  readonly otherCounted: number;
  readonly otherFailed: number;
  /** That failures differ so much by chance: Fisher's exact test, with Holm's correction where there are several comparisons. */
  readonly failureP01: number;
  /** How long tests took, each by what the same test usually takes; absent where no test passed in both. */
  readonly duration?: { readonly ratio: number; readonly p01: number };
}

export interface ReportedFlag {
  readonly name: string;
  readonly runs: number;
  readonly variants: readonly ReportedVariant[];
  /** One where there are two variants, else one for each against all others; those least probable by chance first. */
  readonly comparisons: readonly VariantComparison[];
  /** Attempts that saw several variants of the flag; they are left out. */
  readonly mixed: number;
}

/** @param mixed attempts that saw several variants, by flag. */
export function compareVariants(
  observations: readonly VariantObservation[],
  mixed: ReadonlyMap<string, number> = new Map(),
): readonly ReportedFlag[] {
  const names = [...new Set([...observations.map(({ flag }) => flag), ...mixed.keys()])].sort();
  const byFlag = Map.groupBy(observations, ({ flag }) => flag);
  return names.map(name => reportFlag(name, byFlag.get(name) ?? [], mixed.get(name) ?? 0));
}

function reportFlag(name: string, seen: readonly VariantObservation[], mixed: number): ReportedFlag {
  const byVariant = new Map([...Map.groupBy(seen, ({ variant }) => variant)].sort(([a], [b]) => (a < b ? -1 : 1)));
  const variants = [...byVariant].map(([variant, own]) => reportVariant(variant, own));
  const compared = byVariant.size < 2 ? [] : comparedVariants(variants);
  const comparisons = holm(compared.map(variant => compare(variant, seen, [...byVariant.keys()])));
  return { name, runs: distinct(seen, ({ runId }) => runId), variants, comparisons, mixed };
}

function reportVariant(variant: string, own: readonly VariantObservation[]): ReportedVariant {
  const medianMs = median(
    own.flatMap(({ passed, durationMs }) => (passed && durationMs !== undefined ? [durationMs] : [])),
  );
  return {
    variant,
    runs: distinct(own, ({ runId }) => runId),
    tests: distinct(own, ({ test }) => test),
    attempts: own.length,
    failed: own.filter(({ passed }) => !passed).length,
    ...(medianMs === undefined ? {} : { medianMs }),
  };
}

/** Of two, the one that fails more often: the other comparison would be the same one. */
function comparedVariants(variants: readonly ReportedVariant[]): readonly string[] {
  const names = variants.map(({ variant }) => variant);
  if (names.length > 2) return names;
  const share = ({ failed, attempts }: ReportedVariant): number => failed / attempts;
  return [variants.reduce((worst, one) => (share(one) > share(worst) ? one : worst)).variant];
}

function compare(variant: string, seen: readonly VariantObservation[], all: readonly string[]): VariantComparison {
  const against = all.filter(other => other !== variant);
  const isOwn = (one: VariantObservation): boolean => one.variant === variant;
  const pairs = Map.groupBy(seen, ({ pair }) => pair);
  const shared = [...pairs.values()].filter(ofPair => ofPair.some(isOwn) && !ofPair.every(isOwn));
  const unit = shared.length > 0 ? 'attempts' : 'tests';
  const counted = unit === 'attempts' ? shared.flat() : oncePerTest(seen);
  const own = counted.filter(isOwn);
  const others = counted.filter(one => !isOwn(one));
  const failed = own.filter(({ passed }) => !passed).length;
  const otherFailed = others.filter(({ passed }) => !passed).length;
  const duration = compareDurations(shared, isOwn);
  return {
    variant,
    against,
    unit,
    counted: own.length,
    failed,
    otherCounted: others.length,
    otherFailed,
    failureP01: fisherExact(failed, own.length, otherFailed, others.length),
    ...(duration === undefined ? {} : { duration }),
  };
}

/** A test that always fails is one finding, however often it ran. */
function oncePerTest(seen: readonly VariantObservation[]): readonly VariantObservation[] {
  const tests = Map.groupBy(seen, ({ variant, test }) => JSON.stringify([variant, test]));
  return [...tests.values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [{ ...first, passed: first.passed && rest.every(({ passed }) => passed) }],
  );
}

/** Each duration by what its own test usually takes: a slow test is slow in each variant. */
function compareDurations(
  shared: readonly (readonly VariantObservation[])[],
  isOwn: (one: VariantObservation) => boolean,
): VariantComparison['duration'] {
  const own: number[] = [];
  const others: number[] = [];
  for (const ofPair of shared) {
    // A failure ends early, or at its timeout: it says nothing of how long the test takes.
    const passed = ofPair.filter(({ passed: ok, durationMs }) => ok && durationMs !== undefined);
    if (!passed.some(isOwn) || passed.every(isOwn)) continue;
    // The middle of both sides: a median of all would lie on the side that ran more often.
    const [one, other] = [medianOf(passed.filter(isOwn)), medianOf(passed.filter(each => !isOwn(each)))];
    const usual = (one + other) / 2 || 1;
    for (const each of passed) (isOwn(each) ? own : others).push((each.durationMs ?? 0) / usual);
  }
  const [ownMedian, otherMedian] = [median(own), median(others)];
  if (ownMedian === undefined || !otherMedian) return undefined;
  return { ratio: ownMedian / otherMedian, p01: mannWhitney(own, others).p01 };
}

/**
 * Several comparisons find something by chance more easily than one: the smallest p counts as often as there are comparisons,
 * the next one less.
 *
 * @see S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6 (1979), 65-70.
 */
function holm(comparisons: readonly VariantComparison[]): readonly VariantComparison[] {
  const corrected = (all: readonly (number | undefined)[]): readonly (number | undefined)[] => {
    const order = all.flatMap((p, index) => (p === undefined ? [] : [{ p, index }])).sort((a, b) => a.p - b.p);
    const result: (number | undefined)[] = all.map(() => undefined);
    let atLeast = 0;
    for (const [rank, { p, index }] of order.entries()) {
      atLeast = Math.max(atLeast, Math.min(1, p * (order.length - rank)));
      result[index] = atLeast;
    }
    return result;
  };
  const failures = corrected(comparisons.map(({ failureP01 }) => failureP01));
  const durations = corrected(comparisons.map(({ duration }) => duration?.p01));
  return comparisons
    .map((one, index) => ({
      ...one,
      failureP01: failures[index] ?? one.failureP01,
      ...(one.duration ? { duration: { ...one.duration, p01: durations[index] ?? one.duration.p01 } } : {}),
    }))
    .sort((a, b) => Math.min(a.failureP01, a.duration?.p01 ?? 1) - Math.min(b.failureP01, b.duration?.p01 ?? 1));
}

function medianOf(observations: readonly VariantObservation[]): number {
  return median(observations.map(({ durationMs = 0 }) => durationMs)) ?? 0;
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return undefined;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

function distinct<T>(all: readonly T[], of: (one: T) => string): number {
  return new Set(all.map(of)).size;
}
