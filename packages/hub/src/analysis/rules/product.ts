/** What the test checks was not so, while everything around it was well. */
import type { AttemptFacts, VerdictRule } from '@quality-hub/protocol';
import {
  errorText,
  isAssertion,
  locatorOf,
  matcherOf,
  mismatchOf,
  nothingFound,
  statusMismatch,
} from '../reading/error-text.ts';
import { exchangesOf, isSuccess, label, originOf } from '../reading/exchanges.ts';
import { healthOf, NO_TRAFFIC } from '../reading/health.ts';
import { unwrittenRead } from './stale-read.ts';

/** A value was there, and it was another one. */
export const wrongValue: VerdictRule = {
  name: 'wrong-value',
  judge(facts) {
    const text = errorText(facts);
    const isOther = statusMismatch(facts) || nothingFound(text) || /strict mode violation|\.toBeOK\(/.test(text);
    if (!isAssertion(facts) || isOther) return undefined;
    const { isHealthy, isWatched, summary } = healthOf(facts);
    if (!isHealthy && summary !== NO_TRAFFIC) return undefined;
    const mismatch = mismatchOf(facts);
    const seen = mismatch
      ? `expected ${clip(mismatch.expected)}, received ${clip(mismatch.received)}`
      : 'the values differ';
    return {
      rule: 'wrong-value',
      verdict: 'product',
      weight01: !isHealthy ? 0.2 : unwrittenRead(facts) ? 0.35 : isWatched ? 0.7 : 0.6,
      reason: `${matcherOf(text) ?? 'The check'} failed (${seen}), ${isHealthy ? 'and' : 'but'} ${summary}`,
      remedy: `Look at what the product shows or answers there: ${seen}`,
      ...subjectOf(facts),
    };
  },
};

/** The product shows nothing where the test expects something. As likely the page's fault as the locator's. */
export const nothingShown: VerdictRule = {
  name: 'nothing-shown',
  judge(facts) {
    const text = errorText(facts);
    if (!isAssertion(facts) || !nothingFound(text)) return undefined;
    const { isHealthy, summary } = healthOf(facts);
    if (!isHealthy) return undefined;
    return {
      rule: 'nothing-shown',
      verdict: 'product',
      weight01: unwrittenRead(facts) ? 0.3 : 0.55,
      reason: `${locatorOf(text) ?? 'The element'} never appeared, and ${summary}`,
      remedy: 'Open the trace at the failing check and compare the page with what is expected there',
    };
  },
};

/** The back end answered well, but not with the status it should. */
export const wrongStatus: VerdictRule = {
  name: 'wrong-status',
  judge(facts) {
    const statuses = statusMismatch(facts);
    if (!statuses) return undefined;
    const { expected, received } = statuses;
    const accepted = received < 400 && expected !== received;
    if (!accepted && ![400, 405, 406, 415, 422].includes(received)) return undefined;
    const { isHealthy, summary } = healthOf(facts);
    const exchange = exchangesOf(facts).findLast(({ status }) => status === received);
    return {
      rule: 'wrong-status',
      verdict: 'product',
      weight01: isHealthy ? (accepted ? 0.7 : 0.3) : 0.2,
      reason: `${exchange ? label(exchange) : 'The request'} answered ${received} where ${expected} is expected, and ${summary}`,
      remedy: `Find out why the product answers ${received} here`,
      subject: `${exchange ? label(exchange) : 'A request'} answers ${received} instead of ${expected}`,
    };
  },
};

/** The page's own script threw. */
export const pageException: VerdictRule = {
  name: 'page-exception',
  judge(facts) {
    const thrown = facts.evidence.flatMap(({ evidence }) =>
      evidence.kind === 'page.error' && evidence.type === 'exception' ? evidence : [],
    );
    const first = thrown.find(
      ({ message }) => !/Failed to fetch|NetworkError|Load failed|AbortError|ResizeObserver loop/i.test(message),
    );
    if (!first) return undefined;
    const { isHealthy, summary } = healthOf(facts);
    return {
      rule: 'page-exception',
      verdict: 'product',
      weight01: isHealthy ? 0.72 : 0.25,
      reason: `The page's own script threw "${clip(first.message.split('\n')[0] ?? '')}", ${isHealthy ? 'and' : 'but'} ${summary}`,
      remedy: 'Fix the exception in the page’s script; the trace’s console shows where it comes from',
      subject: `The page throws "${clip(first.message.split('\n')[0] ?? '')}"`,
    };
  },
};

function subjectOf(facts: AttemptFacts): { subject?: string } {
  const last = exchangesOf(facts).findLast(exchange => isSuccess(exchange) && exchange.source === 'request');
  return last ? { subject: `${label(last)} at ${originOf(last.url)}` } : {};
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
