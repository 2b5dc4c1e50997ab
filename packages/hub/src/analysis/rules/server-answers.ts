/** The back end answered, but with an error of its own. */
import type { AttemptFacts, Finding, VerdictRule } from '@quality-hub/protocol';
import { breakdownsIn } from '@quality-hub/resilience';
import { answerText, statusMismatch } from '../reading/error-text.ts';
import { type Exchange, exchangesOf, isDecisive, label, originOf, recovered } from '../reading/exchanges.ts';

/** Words of a back end that is in trouble itself, not wrong. */
const IN_TROUBLE =
  /database is locked|SQLITE_BUSY|too many (?:connections|clients)|connection (?:refused|terminated|reset|pool)|pool (?:is )?exhausted|timed? ?out|unavailable|could not connect|cannot connect|deadlock|out of memory|ENOSPC|no space left|overloaded|maintenance|upstream/i;
/** Words of a bug in the back end's own code. */
const BUG =
  /TypeError|ReferenceError|RangeError|NullPointer|NullReference|Traceback \(most recent|AttributeError|KeyError|IndexError|Cannot read propert|is not a function|undefined method|panic:|nil pointer/i;
const UNIQUE =
  /unique constraint|duplicate key|duplicate entry|UNIQUE constraint failed|SQLITE_CONSTRAINT|E11000|ER_DUP_ENTRY/i;

export const gatewayError: VerdictRule = {
  name: 'gateway-error',
  judge: facts =>
    answered(
      facts,
      'gateway-error',
      status => status === 502 || status === 503 || status === 504,
      0.93,
      exchange => `Find out why ${originOf(exchange.url)} is not available, or which of its own dependencies is not`,
    ),
};

export const rateLimited: VerdictRule = {
  name: 'rate-limited',
  judge: facts =>
    answered(
      facts,
      'rate-limited',
      status => status === 429,
      0.92,
      exchange =>
        `Raise the rate limit of ${originOf(exchange.url)} for tests, or run fewer workers against it${wait(exchange)}`,
    ),
};

/** 500 is the honest shrug of a back end: its words decide, and without words it speaks for trouble rather than for a bug. */
export const serverError: VerdictRule = {
  name: 'server-error',
  judge(facts) {
    const text = answerText(facts);
    if (saysBug(text) || UNIQUE.test(text)) return undefined;
    const isInTrouble = IN_TROUBLE.test(text) || breakdownsIn(text).length > 0;
    const weight01 = isInTrouble ? 0.88 : 0.6;
    return answered(
      facts,
      'server-error',
      isServerError,
      weight01,
      exchange => `Look into the log of ${originOf(exchange.url)} for the error behind ${label(exchange)}`,
    );
  },
};

/** The body of a 5xx names an exception in the back end's code. */
export const serverException: VerdictRule = {
  name: 'server-exception',
  judge(facts) {
    if (!saysBug(answerText(facts))) return undefined;
    const found = answered(
      facts,
      'server-exception',
      isServerError,
      0.7,
      exchange => `Fix the exception that ${originOf(exchange.url)} throws at ${label(exchange)}`,
    );
    return (
      found && {
        ...found,
        verdict: 'product',
        reason: `${found.reason}, and its body names an exception in the back end`,
      }
    );
  },
};

function isServerError(status: number): boolean {
  return status >= 500 && ![502, 503, 504].includes(status);
}

/** An exception in the answer's text, not one of the test itself. */
function saysBug(text: string): boolean {
  const body = /Response text:\n([\s\S]*)/.exec(text)?.[1] ?? /Error: (\{[\s\S]*?)\n\nexpect\(/.exec(text)?.[1];
  return body !== undefined && BUG.test(body);
}

function answered(
  facts: AttemptFacts,
  rule: string,
  is: (status: number) => boolean,
  weight01: number,
  remedy: (exchange: Exchange) => string,
): Finding | undefined {
  const asked = statusMismatch(facts)?.expected;
  const all = exchangesOf(facts);
  const bad = all.filter(({ status }) => status !== undefined && status !== asked && is(status));
  const exchange =
    bad.findLast(one => isDecisive(one, all, facts)) ?? bad.findLast(one => !recovered(one, all)) ?? bad.at(-1);
  if (!exchange) return fromText(facts, rule, is, weight01);
  const share = isDecisive(exchange, all, facts) ? 1 : recovered(exchange, all) ? 0.35 : 0.75;
  const same = bad.filter(one => label(one) === label(exchange) && one.status === exchange.status).length;
  return {
    rule,
    verdict: 'environment',
    weight01: weight01 * share,
    reason: `${label(exchange)} at ${originOf(exchange.url)} answered ${exchange.status}${same > 1 ? ` ${same} times` : ''}${share === 0.35 ? ', though a later try went well' : ''}`,
    remedy: remedy(exchange),
    subject: `${label(exchange)} answered ${exchange.status}`,
  };
}

/** Nobody watched the traffic, but the comparison of two statuses tells of the answer. */
function fromText(
  facts: AttemptFacts,
  rule: string,
  is: (status: number) => boolean,
  weight01: number,
): Finding | undefined {
  const received = statusMismatch(facts)?.received ?? consoleStatus(facts);
  if (received === undefined || !is(received)) return undefined;
  return {
    rule,
    verdict: 'environment',
    weight01: weight01 * 0.9,
    reason: `The back end answered ${received}`,
    remedy: 'Look into the log of the back end at the time of this attempt',
    subject: `The back end answered ${received}`,
  };
}

function consoleStatus({ evidence }: AttemptFacts): number | undefined {
  for (const { evidence: seen } of evidence) {
    const status = seen.kind === 'console.error' ? /status of (\d{3})/.exec(seen.message)?.[1] : undefined;
    if (status !== undefined) return Number(status);
  }
  return undefined;
}

function wait({ retryAfterMs }: Exchange): string {
  return retryAfterMs === undefined ? '' : `; it asks to wait ${retryAfterMs} ms`;
}
