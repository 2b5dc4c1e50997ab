/** What must be true of every history of leases, whatever happened to processes and servers. */
import type { Absence, HistoryEvent } from './told-by-leasers.ts';

/** Another server took over. It knows what had been copied to it, and no more. */
export interface Failover {
  /** By the clock of the driver: what the old server granted was before, what the new one grants comes after. */
  readonly atMs: number;
  /** Ends of the leases that the new one knows, by their tokens. */
  readonly known: ReadonlyMap<number, number>;
}

export interface History {
  /** In the order in which they were heard: writes in that in which they were made. */
  readonly events: readonly HistoryEvent[];
  /** Processes that were stopped or killed, and, as process '*', a server that could not be reached. */
  readonly absences: readonly Absence[];
  readonly failovers: readonly Failover[];
  readonly ttlMs: number;
}

export type Granted = Extract<HistoryEvent, { type: 'granted' }>;

export function brokenRules(history: History): readonly string[] {
  return [...errors(history), ...tokens(history), ...holders(history), ...writes(history), ...queue(history)];
}

function errors({ events }: History): readonly string[] {
  return events.flatMap(event => (event.type === 'error' ? [`${event.process} failed: ${event.text}`] : []));
}

/** Never one twice, and never one that is less than one before it, also where another server has taken over. */
function tokens({ events }: History): readonly string[] {
  const all = [...grants(events)].sort((a, b) => a.token - b.token);
  const isUnique = new Set(all.map(({ token }) => token)).size === all.length;
  const isInOrder = all.every(({ grantedAt }, at) => grantedAt >= (all[at - 1]?.grantedAt ?? 0));
  return [
    ...(isUnique ? [] : ['two leases have the same token']),
    ...(isInOrder ? [] : ['a token is less than one that was given before it']),
  ];
}

/**
 * By the clock of the driver, nobody was granted a name before the lease before it was given back or had ended. A lease that
 * a failover has lost has ended with it: its holder learns that when it renews.
 */
function holders(history: History): readonly string[] {
  const { events } = history;
  const givenBack = new Set(events.flatMap(event => (event.type === 'releasing' ? [event.token] : [])));
  const twice = namesOf(events).flatMap(name =>
    inTurn(events, name).flatMap((next, at, all) => {
      const before = all[at - 1];
      if (!before || givenBack.has(before.token)) return [];
      const end = endOf(before, next.grantedAt, history);
      if (next.grantedAt >= end) return [];
      return [`${name} had two holders for ${end - next.grantedAt} ms: ${before.process}, then ${next.process}`];
    }),
  );
  const unknown = grants(events).flatMap(lease =>
    confirmations(lease, history).flatMap(({ atMs }) =>
      lastFailover(lease, atMs, history)?.known.has(lease.token) === false
        ? [`${lease.process} renewed ${lease.names}, which the server that took over does not know`]
        : [],
    ),
  );
  return [...twice, ...unknown];
}

/** When a lease ends, as it stands at `atMs`. */
function endOf(lease: Granted, atMs: number, history: History): number {
  const failover = lastFailover(lease, atMs, history);
  const later = confirmations(lease, history).filter(one => one.atMs > (failover?.atMs ?? Number.NEGATIVE_INFINITY));
  return Math.max(failover?.known.get(lease.token) ?? 0, ...later.map(({ expiresAt }) => expiresAt));
}

/** The last one between the grant of a lease and `atMs`. */
function lastFailover({ grantedAt }: Granted, atMs: number, { failovers }: History): Failover | undefined {
  return failovers.findLast(failover => failover.atMs > grantedAt && failover.atMs <= atMs);
}

/** When the server said that a lease stands, and until when. */
function confirmations(
  { token, grantedAt, expiresAt }: Granted,
  { events, ttlMs }: History,
): readonly { readonly atMs: number; readonly expiresAt: number }[] {
  const renewed = events.flatMap(event =>
    event.type === 'renewed' && event.token === token
      ? [{ atMs: event.expiresAt - ttlMs, expiresAt: event.expiresAt }]
      : [],
  );
  return [{ atMs: grantedAt, expiresAt }, ...renewed];
}

/** The resource has seen tokens in order: so no write of one who had lost its lease came after one of the next. */
function writes({ events }: History): readonly string[] {
  return namesOf(events).flatMap(name => {
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
  const queued = new Map(events.flatMap(event => (event.type === 'queued' ? [[event.ticket, event] as const] : [])));
  const all = grants(events);
  return all.flatMap(waiter => {
    const from = queued.get(waiter.ticket)?.atMs;
    if (from === undefined || wasAway(absences, waiter.process, from, waiter.atMs)) return [];
    const overtakers = all.filter(
      other =>
        other.token < waiter.token &&
        (queued.get(other.ticket)?.cameAtMs ?? other.grantedAt) > from + ttlMs &&
        other.names.some(name => waiter.names.includes(name)),
    );
    return overtakers.map(other => `${other.process} overtook ${waiter.process}, who waited for ${waiter.names}`);
  });
}

/** A process, or the server, was away at some time between both instants. */
export function wasAway(absences: readonly Absence[], process: string, fromMs: number, toMs: number): boolean {
  return absences.some(
    absence =>
      (absence.process === process || absence.process === '*') && absence.fromMs <= toMs && absence.toMs >= fromMs,
  );
}

export function grants(events: readonly HistoryEvent[]): readonly Granted[] {
  return events.filter((event): event is Granted => event.type === 'granted');
}

/** All that anybody was granted, or has written to. */
export function namesOf(events: readonly HistoryEvent[]): readonly string[] {
  const names = events.flatMap(event =>
    event.type === 'granted' || event.type === 'queued' ? event.names : event.type === 'write' ? [event.name] : [],
  );
  return [...new Set(names)];
}

function inTurn(events: readonly HistoryEvent[], name: string): readonly Granted[] {
  return grants(events)
    .filter(({ names }) => names.includes(name))
    .sort((a, b) => a.token - b.token);
}
