/** What is left behind in the store of a suite: counted, said and removed. A door of its own, for those who look at it. */
import { existsSync } from 'node:fs';
import type { Backlog } from '@quality-hub/data';
import type { QualityHubConfig } from '../sections.ts';

export { type SweepRequest, type SweptLeftovers, sweepLeftovers } from './sweep-leftovers.ts';

/** Where the ledger keeps its entries: most runs have none, and need not load what reads them. */
const ENTRIES = 'ledger/entry/';
const NOTHING: Backlog = { orphans: 0, failed: 0, byKind: {}, living: 0 };

export interface LeftoversPlace {
  /** @default {} */
  readonly config?: QualityHubConfig | undefined;
  readonly configPath?: string | undefined;
  /** The file that the workers of this machine share. */
  readonly stateFile: string;
}

/**
 * Counts what tests have created and nobody has removed, of owners that are dead or have ended.
 *
 * @returns undefined where there is no store, and so nothing that anybody could have left.
 * @throws {StateError} where the store cannot be read.
 */
export async function readLeftovers({
  config = {},
  configPath,
  stateFile,
}: LeftoversPlace): Promise<Backlog | undefined> {
  const kind = config.state?.kind ?? 'sqlite';
  if (kind === 'memory') return undefined;
  if (kind === 'sqlite') {
    if (!existsSync(stateFile)) return undefined;
    const { openSqliteDriver } = await import('@quality-hub/state/sqlite');
    return countIn(await openSqliteDriver({ path: stateFile }));
  }
  const { openRuntime } = await import('../open-runtime.ts');
  // A store somewhere else may need secrets to be opened, and nothing more of the configuration.
  const { state, secrets } = config;
  const runtime = await openRuntime({
    config: { ...(state ? { state } : {}), ...(secrets ? { secrets } : {}) },
    ...(configPath === undefined ? {} : { configPath }),
    worker: `leftovers-${process.pid}`,
    runId: 'leftovers',
    stateFile,
  });
  try {
    const { readBacklog } = await import('@quality-hub/data');
    return await readBacklog(await runtime.ledger());
  } finally {
    await runtime.close();
  }
}

async function countIn(store: Awaited<ReturnType<typeof import('@quality-hub/state/sqlite')['openSqliteDriver']>>) {
  try {
    if ((await store.list(ENTRIES)).length === 0) return NOTHING;
    const { openLedger, readBacklog } = await import('@quality-hub/data');
    return await readBacklog(openLedger({ store }));
  } finally {
    await store.close();
  }
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;
const SHOWN_KINDS = 3;

/** `3 things are left behind: 2 order, 1 buyer; the oldest for 2 hours, 1 could not be removed`; undefined where nothing is. */
export function leftoverWords({ orphans, failed, oldestMs = 0, byKind }: Backlog): string | undefined {
  if (orphans === 0) return undefined;
  const kinds = Object.entries(byKind).map(([kind, count]) => `${count} ${kind}`);
  const more = kinds.length > SHOWN_KINDS ? ` and ${kinds.length - SHOWN_KINDS} more kinds` : '';
  const stuck = failed === 0 ? '' : `, ${failed} could not be removed`;
  return `${things(orphans)} left behind: ${kinds.slice(0, SHOWN_KINDS).join(', ')}${more}; ${orphans === 1 ? 'it is' : 'the oldest is'} ${age(oldestMs)} old${stuck}`;
}

function things(count: number): string {
  return count === 1 ? '1 thing is' : `${count} things are`;
}

function age(ms: number): string {
  const [word, unit] = UNITS.find(([, size]) => ms >= size) ?? UNITS[3];
  const count = Math.floor(ms / unit);
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
