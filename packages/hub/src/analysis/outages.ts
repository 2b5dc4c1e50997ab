/** Finds the times in which a dependency of a run was down, from what the breakers and probes of all workers saw. */
import type { BreakerEvidence, EvidenceRecord, HealthEvidence, Outage } from '@quality-hub/protocol';

/** How long a failed call may lie before the breaker opened and still be a part of the outage. */
const LEAD_MS = 120_000;
/** Workers learn of each other within a quarter of a second: what they say so shortly after an end is of before it. */
const LAG_MS = 1_000;

/** Evidence of these kinds tells of outages. */
export const OUTAGE_SIGNS = ['breaker', 'health'] as const;

interface Draft {
  readonly dependency: string;
  readonly from: string;
  to?: string;
  readonly reason: string;
  /** Only the word of a breaker ends what a breaker began: a probe may be well while calls fail. */
  byBreaker: boolean;
}

interface Watched {
  readonly outages: Draft[];
  /** When the calls began to fail that have not gone well since. */
  failingSince: string | undefined;
}

/**
 * The outages in `records`, in the order of their beginning. An outage begins with the call that failed first, ends when a
 * breaker closes (or a probe is well again, where no breaker was in it), and is one for all workers.
 */
export function findOutages(records: readonly EvidenceRecord[]): readonly Outage[] {
  const watched = new Map<string, Watched>();
  for (const { at, evidence } of inTime(records)) {
    if (evidence.kind !== 'call' && evidence.kind !== 'breaker' && evidence.kind !== 'health') continue;
    const { dependency } = evidence;
    let one = watched.get(dependency);
    if (!one) {
      one = { outages: [], failingSince: undefined };
      watched.set(dependency, one);
    }
    if (evidence.kind === 'breaker') takeBreaker(one, at, evidence);
    else if (evidence.kind === 'health') takeHealth(one, at, evidence);
    else if (evidence.outcome === 'ok') one.failingSince = undefined;
    else if (evidence.outcome === 'failed' || evidence.outcome === 'timeout') {
      one.failingSince ??= earlier(at, evidence.durationMs);
    }
  }
  const drafts = [...watched.values()].flatMap(({ outages }) => outages);
  return drafts.map(({ byBreaker: _by, ...outage }) => outage).sort((a, b) => order(a.from, b.from));
}

/** Whether `at` lies in the outage, or so shortly behind it that a worker could not know of its end. */
export function isDuring({ from, to }: Outage, at: string): boolean {
  return at >= from && (to === undefined || Date.parse(at) <= Date.parse(to) + LAG_MS);
}

function takeBreaker(one: Watched, at: string, { dependency, from, to, reason }: BreakerEvidence): void {
  const last = one.outages.at(-1);
  if (to === 'closed') {
    if (last && last.to === undefined) last.to = at;
    one.failingSince = undefined;
    return;
  }
  if (last && last.to === undefined) last.byBreaker = true;
  else if (to === 'open' && from === 'closed') {
    if (last?.to !== undefined && Date.parse(at) - Date.parse(last.to) < LAG_MS) {
      delete last.to;
      last.byBreaker = true;
    } else one.outages.push({ dependency, from: beginning(one, at), reason, byBreaker: true });
  }
}

function takeHealth(one: Watched, at: string, { dependency, state, detail }: HealthEvidence): void {
  const last = one.outages.at(-1);
  const isOpen = last !== undefined && last.to === undefined;
  if (state === 'healthy' && isOpen && !last.byBreaker) last.to = at;
  if (state !== 'down' || isOpen) return;
  if (last?.to !== undefined && Date.parse(at) - Date.parse(last.to) < LAG_MS) return;
  one.outages.push({ dependency, from: beginning(one, at), reason: detail ?? 'its probe failed', byBreaker: false });
}

function beginning({ failingSince }: Watched, at: string): string {
  return failingSince !== undefined && Date.parse(at) - Date.parse(failingSince) <= LEAD_MS ? failingSince : at;
}

function earlier(at: string, ms: number): string {
  return new Date(Date.parse(at) - ms).toISOString();
}

function inTime(records: readonly EvidenceRecord[]): readonly EvidenceRecord[] {
  return records.toSorted((a, b) => order(a.at, b.at) || a.seq - b.seq);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
