/** Who holds which lock and which member, who waits, and what became of others, for people. */
import type { ToldLockEvent } from '@quality-hub/state/sharing';
import type { Terminal } from '../terminal/terminal.ts';
import { duration, plural } from '../terminal/words.ts';
import { wrap } from '../terminal/wrap.ts';
import type { LocksHere } from './locks-here.ts';

/** @param history How many of the newest events are shown. */
export function printLocks(
  terminal: Terminal,
  here: LocksHere,
  { now, history }: { now: number; history: number },
): void {
  const { leases, waiters, quarantined } = here;
  const say = (line: string, indent = ''): void => {
    for (const part of wrap(line, terminal.width, indent)) terminal.out(part);
  };
  const title = (text: string): void => terminal.out(terminal.paint('bold', text));
  const ago = (at: string): string => duration(Math.max(0, now - Date.parse(at)));
  if (leases.length + waiters.length + quarantined.length === 0) say('Nothing is held, and nobody waits.');
  if (leases.length > 0) title(`${plural(leases.length, 'lease')} held`);
  for (const { names, mode, owner, since, until, token } of leases) {
    const shared = mode === 'shared' ? ', shared' : '';
    const left = duration(Math.max(0, Date.parse(until) - now));
    say(
      `${names.join(', ')}${shared}: ${ownerOf(owner)} for ${ago(since)}, token ${token}, ends in ${left} unless it is renewed`,
      '  ',
    );
  }
  if (waiters.length > 0) title(`${plural(waiters.length, 'waits', 'wait')}`);
  for (const { names, owner, since } of waiters) say(`${names.join(', ')}: ${ownerOf(owner)} for ${ago(since)}`, '  ');
  if (quarantined.length > 0) title(`${plural(quarantined.length, 'member')} kept back`);
  for (const { pool, member, reason, by, until } of quarantined)
    say(`${pool}/${member} until ${until}: ${reason} (found by ${by})`, '  ');
  const events = here.history.slice(-history);
  if (history > 0 && events.length > 0) title('Lately');
  if (history > 0) for (const event of events) say(eventWords(event), '  ');
}

function eventWords({ at, event, names, owner, waitedMs, heldMs, detail }: ToldLockEvent): string {
  const times = [
    ...(waitedMs === undefined ? [] : [`waited ${duration(waitedMs)}`]),
    ...(heldMs === undefined ? [] : [`held it ${duration(heldMs)}`]),
  ];
  const facts = times.length === 0 ? '' : ` (${times.join(', ')})`;
  return `${at}  ${event} ${names.join(', ')}: ${ownerOf(owner)}${facts}${detail === undefined ? '' : `: ${detail}`}`;
}

function ownerOf({ id, label, run }: { readonly id: string; readonly label?: string; readonly run?: string }): string {
  return `${label ?? id}${run === undefined ? '' : `, run ${run}`}`;
}
