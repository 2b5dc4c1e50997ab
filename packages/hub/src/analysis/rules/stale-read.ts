/** The attempt read what it had just written, and it was not there: the read came from an older copy. */
import type { AttemptFacts, VerdictRule } from '@quality-hub/protocol';
import { errorText, isAssertion, mismatchOf, nothingFound } from '../reading/error-text.ts';
import { type Exchange, exchangesOf, isDecisive, isSuccess, label, originOf, pathOf } from '../reading/exchanges.ts';

export const staleRead: VerdictRule = {
  name: 'stale-read',
  judge(facts) {
    const all = exchangesOf(facts);
    const missing = all.findLast(
      one => one.method === 'GET' && one.status === 404 && isDecisive(one, all, facts) && wroteBefore(one, all),
    );
    if (missing) return finding(missing, 0.78, `answered 404, though the attempt had just written there`);
    const read = unwrittenRead(facts);
    return read && finding(read, 0.5, 'shows nothing of what the attempt had just written there');
  },
};

/** The last read of a thing that the attempt had written, where the check found nothing of it. */
export function unwrittenRead(facts: AttemptFacts): Exchange | undefined {
  if (!isAssertion(facts) || !foundNothing(facts)) return undefined;
  const all = exchangesOf(facts);
  const last = all.findLast(one => isSuccess(one) && one.resource !== 'script');
  return last?.method === 'GET' && wroteBefore(last, all) ? last : undefined;
}

function foundNothing(facts: AttemptFacts): boolean {
  const text = errorText(facts);
  const received = mismatchOf(facts)?.received;
  return (
    nothingFound(text) ||
    /^\+ Received +\+ 0$/m.test(text) ||
    (received !== undefined && /^(?:0|null|undefined|""|\[\]|\{\}|<element\(s\) not found>)$/.test(received))
  );
}

function wroteBefore(read: Exchange, all: readonly Exchange[]): boolean {
  const before = all.slice(0, all.indexOf(read));
  const write = before.findLast(one => one.method !== 'GET' && isSuccess(one) && thing(one.url) === thing(read.url));
  return write !== undefined && write.method !== 'DELETE';
}

/** `order` of `/api/v1/orders/17/lines` and of `/orders`. */
function thing(url: string): string | undefined {
  const segments = pathOf(url)
    .split('/')
    .filter(segment => segment !== '' && !/^(?:api|rest|v\d+)$/i.test(segment));
  return segments[0]?.toLowerCase().replace(/s$/, '');
}

function finding(read: Exchange, weight01: number, saw: string) {
  return {
    rule: 'stale-read',
    verdict: 'environment',
    weight01,
    reason: `${label(read)} at ${originOf(read.url)} ${saw}`,
    remedy:
      'Look for a replica or cache that lags behind; where that is meant to be so, let the test wait for its own write',
    subject: `${label(read)} lags behind`,
  } as const;
}
