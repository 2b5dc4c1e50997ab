/** The attempt read what it had just written, and it was not there: the read came from an older copy. */
import type { AttemptFacts, VerdictRule } from '@quality-hub/protocol';
import { callsOf } from '../reading/calls.ts';
import { errorText, mismatchOf, nothingFound } from '../reading/error-text.ts';
import {
  type Exchange,
  exchangesOf,
  isDecisive,
  isGenerated,
  isSuccess,
  label,
  originOf,
  pathOf,
} from '../reading/exchanges.ts';

type Request = Pick<Exchange, 'method' | 'url'>;

export const staleRead: VerdictRule = {
  name: 'stale-read',
  judge(facts) {
    const all = exchangesOf(facts);
    const missing = all.findLast(
      one => one.method === 'GET' && one.status === 404 && isDecisive(one, all, facts) && wasThere(one, facts),
    );
    if (missing) return finding(missing, 0.78, 'answered 404, though the attempt had written or used it just before');
    const read = unwrittenRead(facts);
    return read && finding(read, 0.5, 'shows nothing of what the attempt had just written there');
  },
};

/** The last read of a thing that the attempt had written, where the test found nothing of it. */
export function unwrittenRead(facts: AttemptFacts): Request | undefined {
  if (!foundNothing(facts)) return undefined;
  const last = successes(facts).at(-1) ?? callsOf(facts).at(-1);
  return last?.method === 'GET' && wroteBefore(last, facts) ? last : undefined;
}

function foundNothing(facts: AttemptFacts): boolean {
  const text = errorText(facts);
  const received = mismatchOf(facts)?.received ?? '';
  return (
    nothingFound(text) ||
    /^\+ Received +\+ 0$|^\+ {1,3}(?:Array \[\]|Object \{\})/m.test(text) ||
    /^(?:0|null|undefined|""|\[\]|\{\}|<element\(s\) not found>)$/.test(received)
  );
}

/** What was answered well, in order; scripts are the page's own. */
function successes(facts: AttemptFacts): readonly Exchange[] {
  return exchangesOf(facts).filter(one => isSuccess(one) && one.resource !== 'script');
}

function wroteBefore(read: Request, facts: AttemptFacts): boolean {
  const writes = accepted(facts).filter(({ method, url }) => method !== 'GET' && thing(url) === thing(read.url));
  const last = writes.at(-1);
  return last !== undefined && last.method !== 'DELETE';
}

/** The same thing was written, or the same number was in the address of an accepted request. */
function wasThere(read: Request, facts: AttemptFacts): boolean {
  const number = pathOf(read.url).split('/').findLast(isGenerated);
  const used = accepted(facts).filter(({ url }) => number !== undefined && pathOf(url).split('/').includes(number));
  return wroteBefore(read, facts) || (used.length > 0 && used.at(-1)?.method !== 'DELETE');
}

/** Requests that went well: those that were seen, and those whose answer a check has accepted. */
function accepted(facts: AttemptFacts): readonly Request[] {
  return [...callsOf(facts).filter(({ checked }) => checked), ...successes(facts)];
}

/** `order` of `/api/v1/orders/17/lines` and of `/orders`. */
function thing(url: string): string | undefined {
  const segments = pathOf(url)
    .split('/')
    .filter(segment => segment !== '' && !/^(?:api|rest|v\d+)$/i.test(segment));
  return segments[0]?.toLowerCase().replace(/s$/, '');
}

function finding(read: Request, weight01: number, saw: string) {
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
