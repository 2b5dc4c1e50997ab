/** What must be true of every history of a pool, besides the rules of leases. A failover may lose every mark before it. */
import { grants, type History, wasAway } from './history-rules.ts';
import { POOL, type PoolSettings } from './pool-place.ts';
import type { HistoryEvent } from './told-by-leasers.ts';

/** Every reason for keeping a member back begins with it: there is no other. */
export const SAID = 'said';

type Lent = Extract<HistoryEvent, { type: 'lent' }>;

/** A member was marked as bad, or as good again. */
interface Mark {
  readonly name: string;
  readonly reason: string | undefined;
  readonly fromMs: number;
  /** Infinite where nobody said that it was written. */
  readonly toMs: number;
}

/** A head that waits looks again so often, also where nothing wakes it. */
const LOOK_MS = 1_000;

export function brokenPoolRules(history: History, settings: PoolSettings): readonly string[] {
  return [...keptBack(history), ...resets(history), ...heads(history, settings)];
}

/** Who is kept back at the end, as far as that is certain: undefined where a mark was written while another one was. */
export function keptBackAtEnd(history: History, member: string): { readonly reason: string | undefined } | undefined {
  const all = marks(history).filter(({ name }) => name === member);
  const last = all.reduce<Mark | undefined>(
    (one, other) => (one && one.fromMs > other.fromMs ? one : other),
    undefined,
  );
  if (!last) return { reason: undefined };
  const isCertain =
    last.toMs < Number.POSITIVE_INFINITY &&
    all.every(other => other === last || other.toMs < last.fromMs) &&
    !history.failovers.some(({ atMs }) => atMs > last.fromMs);
  return isCertain ? { reason: last.reason } : undefined;
}

/** Nobody has a member that was kept back before it was had; and members are kept back for reasons that were given. */
function keptBack(history: History): readonly string[] {
  const all = marks(history);
  const odd = all.filter(({ reason }) => reason !== undefined && !reason.startsWith(SAID));
  const wrong = lendings(history).filter(lent => {
    const own = all.filter(({ name }) => name === lent.name);
    return own.some(bad => {
      if (bad.reason === undefined || bad.toMs >= lent.grantedAt) return false;
      const isPardoned = own.some(({ reason, fromMs, toMs }) => !reason && toMs > bad.fromMs && fromMs <= lent.atMs);
      return !isPardoned && !history.failovers.some(({ atMs }) => atMs > bad.fromMs);
    });
  });
  return [
    ...odd.map(({ name, reason }) => `${name} is kept back for a reason that nobody gave: ${reason}`),
    ...wrong.map(({ process, name }) => `${process} was lent ${name}, which was kept back`),
  ];
}

/** Whoever has a member gets it as it was: it is reset after everybody who had it. */
function resets(history: History): readonly string[] {
  const all = lendings(history);
  return all.flatMap(next => {
    const before = all.findLast(({ name, token }) => name === next.name && token < next.token);
    // Who stood still before it was told that it has the member may have been late for all of it.
    if (!before || before.atMs >= next.grantedAt) return [];
    if (history.failovers.some(({ atMs }) => atMs > before.grantedAt)) return [];
    const isReset = history.events.some(
      event =>
        event.type === 'reset' && event.name === next.name && event.atMs >= before.atMs && event.atMs <= next.atMs,
    );
    return isReset ? [] : [`${next.process} was lent ${next.name} as ${before.process} had left it`];
  });
}

/** Whoever has waited longest at the head of its queue gets one of those that it can use before all who came later. */
function heads(history: History, { members }: PoolSettings): readonly string[] {
  const { events, absences, ttlMs } = history;
  const slackMs = ttlMs + LOOK_MS;
  const begin = `pool/${POOL}/door/`;
  const ends = events.filter(({ type }) => ['lent', 'failed', 'gave-up', 'error'].includes(type));
  const all = grants(events).flatMap(({ names: [name = ''], process, grantedAt }) => {
    if (!name.startsWith(begin)) return [];
    const [labels, member] = JSON.parse(decodeURIComponent(name.slice(begin.length))) as [string[], string | null];
    const usable = members.filter(
      one => (member === null || one.name === member) && labels.every(label => one.labels.includes(label)),
    );
    const end = ends.find(event => event.process === process && event.atMs > grantedAt);
    return [{ process, sinceMs: grantedAt, untilMs: end?.atMs, usable: new Set(usable.map(one => one.name)) }];
  });
  return lendings(history).flatMap(lent => {
    const own = all.findLast(head => head.process === lent.process && head.sinceMs <= lent.grantedAt);
    const passed = all.filter(
      ({ process, sinceMs, untilMs, usable }) =>
        own !== undefined &&
        untilMs !== undefined &&
        sinceMs + slackMs < own.sinceMs &&
        untilMs > lent.atMs + slackMs &&
        usable.has(lent.name) &&
        !wasAway(absences, process, sinceMs, untilMs),
    );
    return passed.map(({ process }) => `${lent.process} was lent ${lent.name} before ${process}, the head for longer`);
  });
}

/** Every time that somebody was lent a member, in the order of the tokens, with the instant of its lease. */
function lendings({ events }: History): readonly (Lent & { readonly grantedAt: number })[] {
  const granted = new Map(grants(events).map(({ token, grantedAt }) => [token, grantedAt]));
  return events
    .flatMap(event => (event.type === 'lent' ? [{ ...event, grantedAt: granted.get(event.token) ?? 0 }] : []))
    .sort((a, b) => a.token - b.token);
}

function marks({ events }: History): readonly Mark[] {
  return events.flatMap((event, at): readonly Mark[] => {
    if (event.type !== 'marking') return [];
    const done = events
      .slice(at)
      .find(other => other.type === 'marked' && other.process === event.process && other.name === event.name);
    return [
      { name: event.name, reason: event.reason, fromMs: event.atMs, toMs: done?.atMs ?? Number.POSITIVE_INFINITY },
    ];
  });
}
