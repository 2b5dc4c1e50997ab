/** What must be true of every history of leases, whatever happened to processes and servers. */
import { type Absence, type HistoryEvent, NAMES, type Name } from './told-by-leasers.ts';

export interface History {
  /** In the order in which they were heard. */
  readonly events: readonly HistoryEvent[];
  /** Processes that were stopped or killed, and, as process '*', a server that could not be reached. */
  readonly absences: readonly Absence[];
  readonly ttlMs: number;
}

type Granted = Extract<HistoryEvent, { type: 'granted' }>;

export function brokenRules(history: History): readonly string[] {
  return [...errors(history), ...tokens(history), ...holders(history), ...writes(history), ...queue(history)];
}

function errors({ events }: History): readonly string[] {
  return events.flatMap(event => (event.type === 'error' ? [`${event.process} failed: ${event.text}`] : []));
}

function tokens({ events }: History): readonly string[] {
  const all = grants(events).map(({ token }) => token);
  return new Set(all).size === all.length ? [] : ['two leases have the same token'];
}

/** By the clock of the driver, nobody was granted a name before the lease before it was given back or had ended. */
function holders({ events }: History): readonly string[] {
  const ends = new Map<number, number>();
  const givenBack = new Set<number>();
  for (const event of events) {
    if (event.type === 'granted' || event.type === 'renewed') ends.set(event.token, event.expiresAt);
    if (event.type === 'releasing') givenBack.add(event.token);
  }
  return NAMES.flatMap(name =>
    inTurn(events, name).flatMap((next, at, all) => {
      const before = all[at - 1];
      if (!before || givenBack.has(before.token)) return [];
      const end = ends.get(before.token) ?? 0;
      if (next.grantedAt >= end) return [];
      return [`${name} had two holders for ${end - next.grantedAt} ms: ${before.process}, then ${next.process}`];
    }),
  );
}

/** The resource has seen tokens in order: so no write of one who had lost its lease came after one of the next. */
function writes({ events }: History): readonly string[] {
  return NAMES.flatMap(name => {
    const accepted = events.flatMap(event =>
      event.type === 'write' && event.name === name && event.isAccepted ? [event.token] : [],
    );
    const granted = new Set(inTurn(events, name).map(({ token }) => token));
    const strangers = accepted.filter(token => !granted.has(token));
    const isInOrder = accepted.every((token, at) => token >= (accepted[at - 1] ?? 0));
    return [
      ...(isInOrder ? [] : [`writes to ${name} passed out of order`]),
      ...(strangers.length === 0 ? [] : [`${name} was written with tokens that nobody was granted: ${strangers}`]),
    ];
  });
}

/** Who came more than one lifetime later does not go before somebody who could look after its place all the time. */
function queue({ events, absences, ttlMs }: History): readonly string[] {
  const queuedAt = new Map<string, number>();
  for (const event of events) if (event.type === 'queued') queuedAt.set(event.ticket, event.atMs);
  const all = grants(events);
  return all.flatMap(waiter => {
    const from = queuedAt.get(waiter.ticket);
    if (from === undefined || wasAway(absences, waiter, from)) return [];
    const overtakers = all.filter(
      other =>
        other.token < waiter.token &&
        (queuedAt.get(other.ticket) ?? other.atMs) > from + ttlMs &&
        other.names.some(name => waiter.names.includes(name)),
    );
    return overtakers.map(other => `${other.process} overtook ${waiter.process}, who waited for ${waiter.names}`);
  });
}

function wasAway(absences: readonly Absence[], { process, atMs }: Granted, from: number): boolean {
  return absences.some(
    absence =>
      (absence.process === process || absence.process === '*') && absence.fromMs <= atMs && absence.toMs >= from,
  );
}

function grants(events: readonly HistoryEvent[]): readonly Granted[] {
  return events.filter((event): event is Granted => event.type === 'granted');
}

function inTurn(events: readonly HistoryEvent[], name: Name): readonly Granted[] {
  return grants(events)
    .filter(({ names }) => names.includes(name))
    .sort((a, b) => a.token - b.token);
}
