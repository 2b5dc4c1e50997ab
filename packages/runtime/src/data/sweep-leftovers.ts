/** Removes what dead workers have left, with the factories and the connections of a configuration. */
import type { FactoriesError, OpenContext, SweepOptions, SweepReport } from '@quality-hub/data';
import type { Runtime } from '../runtime.ts';

const TIMEOUT_MS = 120_000;

export type SweepRequest = Pick<
  SweepOptions<never>,
  'filter' | 'dryRun' | 'timeoutMs' | 'waitMs' | 'signal' | 'observe' | 'concurrency'
> & {
  /** What factories remove with. @default the clients, databases and secrets of the runtime */
  readonly context?: OpenContext;
  /** The suite's own values, as its schema gives them. */
  readonly values?: Readonly<Record<string, unknown>>;
};

export interface SweptLeftovers extends SweepReport {
  /** Names those of `data.factories` that cannot be loaded: what they have created stays. */
  readonly unloaded?: FactoriesError;
}

/**
 * One sweep over the store of `runtime`. Factories that this process has loaded already count as well.
 *
 * @throws {UnsupportedError} (`QH_UNSUPPORTED`) where the store is not the one that is meant.
 * @throws {StateError} where the store cannot be read.
 */
export async function sweepLeftovers(runtime: Runtime, request: SweepRequest = {}): Promise<SweptLeftovers> {
  const { values, context, ...options } = request;
  const { sweep: section, removal } = runtime.data;
  const chosen = section === false ? {} : (section ?? {});
  const [unloaded, ledger, { environmentKinds, recordKinds, sweep }, { sweepContext }] = [
    await runtime.loadFactories(),
    await runtime.ledger(),
    await import('@quality-hub/data'),
    await import('./sweep-context.ts'),
  ];
  const report = await sweep({
    timeoutMs: chosen.timeoutMs ?? TIMEOUT_MS,
    ...(chosen.olderThanMs === undefined ? {} : { filter: { olderThanMs: chosen.olderThanMs } }),
    ...(removal?.concurrency === undefined ? {} : { concurrency: removal.concurrency }),
    ...options,
    ledger,
    store: runtime.store,
    target: runtime.target,
    kinds: new Map([...recordKinds(), ...environmentKinds(runtime.data.environments ?? {})]),
    context: context ?? sweepContext(runtime, values),
  });
  return { ...report, ...(unloaded === undefined ? {} : { unloaded }) };
}
