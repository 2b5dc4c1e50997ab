/** Something the attempt depends on could not be reached, or did not answer. */
import type { AttemptFacts, Finding, VerdictRule } from '@quality-hub/protocol';
import { type Breakdown, breakdownsIn } from '@quality-hub/resilience';
import { callsOf } from '../reading/calls.ts';
import { errorText, loggedExchange, ranOutMs, statusMismatch, timedOut } from '../reading/error-text.ts';
import {
  type Exchange,
  exchangesOf,
  isAbandoned,
  isUnanswered,
  label,
  originOf,
  recovered,
} from '../reading/exchanges.ts';

/** How each way in which a connection fails is told; which codes and words are meant is known to `resilience`. */
interface Telling {
  readonly rule: string;
  readonly breakdown: Breakdown;
  /** "POST /orders: `did`". */
  readonly did: string;
  readonly remedy: (origin: string) => string;
}

const REFUSED: Telling = {
  rule: 'dependency-refused',
  breakdown: 'refused',
  did: 'refused the connection',
  remedy: origin => `Start ${origin} again, or find out why it is down, then run these tests again`,
};

const RESET: Telling = {
  rule: 'dependency-reset',
  breakdown: 'cut',
  did: 'cut the connection',
  remedy: origin => `Look into the log of ${origin} for a crash or restart, and at the proxies on the way to it`,
};

const UNKNOWN_HOST: Telling = {
  rule: 'dependency-unknown',
  breakdown: 'unreachable',
  did: 'could not be reached',
  remedy: origin => `Check the name of ${origin}, its certificate, and the network and proxy between the tests and it`,
};

const TIMED_OUT: Telling = {
  rule: 'dependency-timed-out',
  breakdown: 'silent',
  did: 'did not answer in time',
  remedy: origin => `Find out what ${origin} was waiting for; its log and its own dependencies show it`,
};

export const dependencyRefused = breakdownRule(REFUSED);
export const dependencyReset = breakdownRule(RESET);
export const dependencyUnknown = breakdownRule(UNKNOWN_HOST);
export const dependencyTimedOut = breakdownRule(TIMED_OUT);

function breakdownRule(telling: Telling): VerdictRule {
  const { rule: name, breakdown } = telling;
  return {
    name,
    judge(facts) {
      const exchanges = exchangesOf(facts);
      const broken = exchanges.filter(
        ({ failure }) => failure !== undefined && saidOf(failure, breakdown) !== undefined,
      );
      const lasting = broken.findLast(exchange => !recovered(exchange, exchanges));
      const said = saidOf(ownText(facts), breakdown);
      const exchange = lasting ?? broken.at(-1);
      if (exchange)
        return finding(telling, exchange, lasting || said ? 0.95 : 0.3, broken.length, exchange.failure ?? '');
      if (said !== undefined) return finding(telling, loggedExchange(facts), 0.9, 1, said);
      return inConsole(telling, facts);
    },
  };
}

function finding(
  { rule, did, remedy }: Telling,
  exchange: { readonly method: string; readonly url: string } | undefined,
  weight01: number,
  times: number,
  said: string,
): Finding {
  const origin = exchange ? originOf(exchange.url) : 'a dependency';
  const request = exchange ? `${label(exchange)}: ` : '';
  const often = times > 1 ? ` ${times} times` : '';
  return {
    rule,
    verdict: 'environment',
    weight01,
    reason: `${request}${origin} ${did}${often} (${said.split('\n')[0]?.slice(0, 120)})`,
    remedy: remedy(exchange ? origin : 'the dependency'),
    subject: `${origin} ${did}`,
  };
}

/** What a text says of a connection that failed in this way; clients say `timeout` where no code was left. */
function saidOf(text: string, breakdown: Breakdown): string | undefined {
  if (breakdown === 'silent' && text === 'timeout') return text;
  return breakdownsIn(text).find(found => found.breakdown === breakdown)?.said;
}

/** Without what an answer says: a back end that tells of its own refused dependency has not refused the connection. */
function ownText(facts: AttemptFacts): string {
  if (statusMismatch(facts) || loggedExchange(facts)?.status !== undefined) return '';
  return errorText(facts);
}

function inConsole(telling: Telling, { evidence }: AttemptFacts): Finding | undefined {
  for (const { evidence: seen } of evidence) {
    if (seen.kind !== 'console.error') continue;
    const said = saidOf(seen.message, telling.breakdown);
    if (said !== undefined)
      return finding(telling, seen.url === undefined ? undefined : { method: 'GET', url: seen.url }, 0.6, 1, said);
  }
  return undefined;
}

/** The time ran out while a request had no answer. */
export const dependencyHangs: VerdictRule = {
  name: 'dependency-hangs',
  judge(facts) {
    if (!timedOut(facts)) return undefined;
    const exchanges = exchangesOf(facts);
    const waited = ranOutMs(facts) ?? facts.timeoutMs;
    const disposed = /Request context disposed|ERR_ABORTED; maybe frame was detached/.test(errorText(facts));
    const logged = disposed ? loggedExchange(facts) : undefined;
    const hanging = exchanges.findLast(
      one => isUnanswered(one) && isLongEnough(one, waited, facts) && !recovered(one, exchanges),
    );
    const exchange = hanging ?? logged;
    if (!exchange) return undefined;
    const origin = originOf(exchange.url);
    return {
      rule: 'dependency-hangs',
      verdict: 'environment',
      weight01: facts.status === 'timedOut' || disposed ? 0.88 : 0.78,
      reason: `${label(exchange)} had no answer from ${origin} when the time of ${waited} ms ran out`,
      remedy: `Find out what ${origin} was waiting for at ${label(exchange)}; its log and its own dependencies show it`,
      subject: `${label(exchange)} had no answer`,
    };
  },
};

/** A request that was given up at once when the page moved on did not hang. */
function isLongEnough(exchange: Exchange, waitedMs: number, { status }: AttemptFacts): boolean {
  if (!isAbandoned(exchange)) return true;
  return exchange.durationMs >= waitedMs * (status === 'timedOut' ? 0.3 : 0.5);
}

type Timed = Pick<Exchange, 'method' | 'url' | 'durationMs'>;

/** The time ran out while the back end was slow. */
export const slowBackEnd: VerdictRule = {
  name: 'slow-back-end',
  judge(facts) {
    const limitMs = ranOutMs(facts);
    if (limitMs === undefined) return undefined;
    const watched = exchangesOf(facts).filter(({ status }) => status !== undefined);
    const answered = watched.length > 0 ? watched : callsOf(facts);
    const slowest = answered.reduce<Timed | undefined>(
      (worst, one) => (!worst || one.durationMs > worst.durationMs ? one : worst),
      undefined,
    );
    if (!slowest) return undefined;
    const sumMs = answered.reduce((sum, { durationMs }) => sum + durationMs, 0);
    const share = slowest.durationMs / limitMs;
    const weight01 =
      share >= 0.5
        ? 0.8
        : facts.status === 'timedOut' && sumMs >= limitMs * 0.5
          ? 0.7
          : share >= 0.25 && slowest.durationMs >= 1000
            ? 0.5
            : 0;
    if (weight01 === 0) return undefined;
    return {
      rule: 'slow-back-end',
      verdict: 'environment',
      weight01,
      reason: `${label(slowest)} took ${Math.round(slowest.durationMs)} ms (${answered.length} requests took ${Math.round(sumMs)} ms together) while ${limitMs} ms ran out`,
      remedy: `Find out why ${originOf(slowest.url)} is slow at ${label(slowest)}: load, slow queries, its own dependencies`,
      subject: `${label(slowest)} was slow`,
    };
  },
};
