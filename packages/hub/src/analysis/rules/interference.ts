/** Another test of the same run took or changed what this attempt needed. */
import type { AttemptFacts, NeighbourWrite, VerdictRule } from '@quality-hub/protocol';
import { isSharedRead } from '../neighbour-writes.ts';
import { answerText, isAssertion, statusMismatch } from '../reading/error-text.ts';
import { exchangesOf, isDecisive, label, placeOf } from '../reading/exchanges.ts';

const USED_UP = new RegExp(
  [
    // A port in use is told by its own rule.
    '(?<!address )already (?:been )?(?:used|redeemed|claimed|reserved|booked|consumed|refunded|cancell?ed|paid|shipped|locked|in use)',
    'used up',
    'usage limit',
    '(?:limit|quota) (?:reached|exceeded)',
    'sold out',
    'out of stock',
    '(?:insufficient|not enough) stock',
    'no longer (?:available|valid)',
    'exhausted',
    '(?:version|edit) conflict',
    'changed by (?:someone|another)',
    'stale (?:version|object|state)',
    'optimistic lock',
    'locked by',
    'in use by',
  ]
    // Codes join the same words with underscores or hyphens.
    .join('|')
    .replaceAll(' ', '[ _-]'),
  'i',
);
const CLASH = /deadlock detected|could not serialize|serialization failure|\b40001\b|\b40P01\b|lock wait timeout/i;
const UNIQUE = /unique|duplicate|already (?:exists|registered)|taken/i;

/** The words say that there was only so much of it, and that it is gone. */
export function isUsedUp(text: string): boolean {
  return USED_UP.test(text);
}

/** Refused at a place that another test of this run had written to before. */
export const neighbourWrote: VerdictRule = {
  name: 'neighbour-wrote',
  judge(facts) {
    const neighbour = facts.neighbourWrites.at(-1);
    if (!neighbour) return undefined;
    const all = exchangesOf(facts);
    const refused = all.findLast(one => [404, 409, 410, 412, 422, 423].includes(one.status ?? 0));
    if (!refused || !isDecisive(refused, all, facts)) return undefined;
    const others = new Set(facts.neighbourWrites.map(({ test }) => test)).size;
    return {
      rule: 'neighbour-wrote',
      verdict: 'interference',
      weight01: weightOf(neighbour, answerText(facts)),
      reason: `${label(refused)} answered ${refused.status}, and ${others === 1 ? `"${neighbour.title}"` : `${others} other tests, the last of them "${neighbour.title}",`} had written there before (${neighbour.traffic.method} at ${neighbour.at})`,
      remedy: `Give each test its own ${resourceOf(refused.url)}, or let the tests that share it take turns with a lock`,
      subject: `${label(refused)} is shared by tests`,
    };
  },
};

/** Creating things beside each other is what tests do all day; using the one thing up is not. */
function weightOf({ traffic }: NeighbourWrite, text: string): number {
  if (isUsedUp(text)) return 0.9;
  if (UNIQUE.test(text)) return 0.3;
  return traffic.method === 'POST' && (traffic.status ?? 201) === 201 ? 0.4 : 0.85;
}

const ACTION = /^(?:apply|approve|book|cancel|checkout|claim|confirm|lock|pay|redeem|refund|reserve|ship|use)$/;

/** `coupon` of `/coupons/SAVE10/redeem` and of `/api/cart/coupon`: the innermost noun. */
function resourceOf(url: string): string {
  const words = url.replace(/^\w+:\/\/[^/]+/, '').split('/');
  const nouns = words.filter(word => /^[a-z][a-z-]+$/.test(word) && !/^(?:api|rest)$/.test(word) && !ACTION.test(word));
  return (nouns.at(-1) ?? 'record').replace(/s$/, '');
}

/** It read something else than it expected, at a place that another test of this run had changed before. */
export const neighbourChanged: VerdictRule = {
  name: 'neighbour-changed',
  judge(facts) {
    if (!isAssertion(facts) || statusMismatch(facts)) return undefined;
    const read = exchangesOf(facts).findLast(isSharedRead);
    const neighbour = facts.neighbourWrites.findLast(
      ({ traffic }) => read !== undefined && placeOf(traffic.url) === placeOf(read.url),
    );
    if (!read || !neighbour) return undefined;
    return {
      rule: 'neighbour-changed',
      verdict: 'interference',
      weight01: 0.8,
      reason: `The attempt read ${label(read)}, and "${neighbour.title}" had changed it before (${neighbour.traffic.method} at ${neighbour.at})`,
      remedy: `Give each test its own ${resourceOf(read.url)}, or let the tests that share it take turns with a lock`,
      subject: `${label(read)} is shared by tests`,
    };
  },
};

/** The words alone say so. */
export const usedUpWords: VerdictRule = {
  name: 'used-up',
  judge(facts) {
    const text = answerText(facts);
    const used = USED_UP.exec(text)?.[0];
    const clash = CLASH.exec(text)?.[0];
    const words = used ?? clash;
    if (words === undefined) return undefined;
    return {
      rule: 'used-up',
      verdict: 'interference',
      weight01: used === undefined ? 0.65 : refusedSomewhere(facts) ? 0.6 : 0.5,
      reason: `The error says "${words}": something that tests share was not free`,
      remedy: 'Give each test its own copy of what it uses up, or let the tests that share it take turns with a lock',
      subject: `"${words.toLowerCase()}"`,
    };
  },
};

function refusedSomewhere(facts: AttemptFacts): boolean {
  return exchangesOf(facts).some(({ status }) => status !== undefined && [409, 410, 412, 422, 423].includes(status));
}
