/** Which variant of each flag the tests of a run have seen, and what became of them. */
import { identityKey, type PlannedTest } from '@quality-hub/protocol';
import { stateOf } from '../../life/test-outcome.ts';
import type { AttemptRow, RunStore } from '../../store/run-store.ts';
import type { VariantObservation } from './compare-variants.ts';

export interface ObservedVariants {
  readonly observations: readonly VariantObservation[];
  /** Attempts that saw several variants, by flag. */
  readonly mixed: ReadonlyMap<string, number>;
}

/** Reads the runs one by one. First attempts only, and of those the ones that passed or failed. */
export async function observeVariants(store: RunStore, runIds: readonly string[]): Promise<ObservedVariants> {
  const observations: VariantObservation[] = [];
  const mixed = new Map<string, number>();
  const plans = new Map<string, PlannedTest | undefined>();
  for (const runId of runIds) {
    const seen = variantsOf(store, runId);
    if (seen.length === 0) continue;
    const attempts = Map.groupBy(await store.attempts(runId), ({ test }) => test);
    const heard = new Map<AttemptRow, Map<string, Set<string>>>();
    for (const one of seen) {
      // A journal does not know when its attempt began; there the shard has to tell.
      const attempt = attempts
        .get(one.test)
        ?.find(
          ({ retry, startedAt, shard }) =>
            retry === 0 && (one.startedAt === undefined ? shard === one.shard : startedAt === one.startedAt),
        );
      if (attempt === undefined) continue;
      const flags = heard.get(attempt) ?? new Map<string, Set<string>>();
      heard.set(attempt, flags.set(one.flag, (flags.get(one.flag) ?? new Set()).add(one.variant)));
    }
    for (const [attempt, flags] of heard) {
      const state = stateOf(attempt, () => false);
      if (state !== 'passed' && state !== 'failed') continue;
      // A test is called the same in every run: that is what its key says.
      const planned = plans.get(attempt.test) ?? (await store.planned(runId, attempt.test));
      plans.set(attempt.test, planned);
      for (const [name, variants] of flags) {
        const [variant, ...others] = variants;
        if (others.length > 0) mixed.set(name, (mixed.get(name) ?? 0) + 1);
        else if (variant !== undefined) {
          const pair = pairOf(attempt.test, planned, name, variant);
          const { test, durationMs } = attempt;
          observations.push({ flag: name, variant, runId, test, pair, passed: state === 'passed', durationMs });
        }
      }
    }
  }
  return { observations, mixed };
}

interface Heard {
  readonly test: string;
  readonly shard: number;
  readonly startedAt: string | undefined;
  readonly flag: string;
  readonly variant: string;
}

function variantsOf(store: RunStore, runId: string): readonly Heard[] {
  const heard: Heard[] = [];
  for (const { test, retry, shard, startedAt, records } of store.evidence(runId, ['flag'])) {
    if (retry !== 0) continue;
    for (const { evidence } of records) {
      if (evidence.kind !== 'flag') continue;
      heard.push({ test, shard, startedAt, flag: evidence.name, variant: evidence.variant });
    }
  }
  return heard;
}

/** The tests of `eachVariant` differ in the title of their group, `button=red`: without it they are the same test. */
function pairOf(test: string, planned: PlannedTest | undefined, flag: string, variant: string): string {
  const group = `${flag}=${variant}`;
  if (!planned?.identity.titlePath.includes(group)) return test;
  const titlePath = planned.identity.titlePath.filter(title => title !== group);
  return identityKey({ ...planned.identity, titlePath });
}
