/** Whether everything around the failing check was well: the evidence that the verdict `product` has to be earned with. */

import type { AttemptFacts } from '@quality-hub/protocol';
import { breakdownsIn } from '@quality-hub/resilience';
import { wentWellLater } from './call-evidence.ts';
import { callsOf } from './calls.ts';
import { errorText, mismatchOf, ranOutMs, statusMismatch } from './error-text.ts';
import { exchangesOf, isAbandoned, isDecisive, recovered } from './exchanges.ts';
import { secretTroubles } from './secret-trouble.ts';

export interface Health {
  /** True only where there was traffic, and all of it was fine. */
  readonly isHealthy: boolean;
  /** The traffic itself was seen; otherwise only steps tell of it. */
  readonly isWatched: boolean;
  /** What was seen, as half a sentence. */
  readonly summary: string;
}

export const NO_TRAFFIC = 'no traffic was seen';

/** A request that takes this share of the time that ran out may be the reason that it ran out. */
const SLOW_SHARE = 0.5;

export function healthOf(facts: AttemptFacts): Health {
  const trouble = troubleOf(facts);
  if (trouble !== undefined) return { isHealthy: false, isWatched: true, summary: trouble };
  const answered = exchangesOf(facts).filter(({ status }) => status !== undefined);
  if (answered.length === 0) return healthByCalls(facts);
  const requests =
    answered.length === 1 ? 'the one request was answered' : `all ${answered.length} requests were answered`;
  return {
    isHealthy: true,
    isWatched: true,
    summary: `${requests} as it should be, the slowest in ${slowest(answered)} ms`,
  };
}

/** Nobody watched, but the test's own calls went well: each was answered, and the last answer was accepted by a check or held a value. */
function healthByCalls(facts: AttemptFacts): Health {
  const calls = callsOf(facts);
  const last = calls.at(-1);
  if (!last) return { isHealthy: false, isWatched: false, summary: NO_TRAFFIC };
  if (calls.some(({ failed }) => failed))
    return { isHealthy: false, isWatched: false, summary: 'a call of the test failed' };
  const checked = calls.filter(call => call.checked).length;
  const isHealthy = last.checked || hasNumber(facts);
  const summary = `the steps show ${calls.length} answered ${calls.length === 1 ? 'call' : 'calls'}, ${checked} of them checked, the slowest in ${slowest(calls)} ms`;
  return { isHealthy, isWatched: false, summary };
}

/** A number cannot be an error's text. */
function hasNumber(facts: AttemptFacts): boolean {
  return /^-?\d+(?:\.\d+)?$/.test(mismatchOf(facts)?.received ?? '');
}

function slowest(timed: readonly { readonly durationMs: number }[]): number {
  return Math.round(Math.max(...timed.map(({ durationMs }) => durationMs)));
}

function troubleOf(facts: AttemptFacts): string | undefined {
  const exchanges = exchangesOf(facts);
  const asked = statusMismatch(facts)?.expected;
  const limitMs = ranOutMs(facts);
  for (const exchange of exchanges) {
    const { status, failure, durationMs } = exchange;
    if (status === asked && status !== undefined) continue;
    if ((status === undefined || failure !== undefined) && !isAbandoned(exchange))
      return `a request had no answer (${failure ?? 'still waiting'})`;
    if (limitMs !== undefined && durationMs >= limitMs * SLOW_SHARE)
      return `a request took ${Math.round(durationMs)} ms`;
    if (status === undefined || status < 400) continue;
    if ((status >= 500 || status === 429) && !recovered(exchange, exchanges)) return `a request was answered ${status}`;
    if ([401, 403, 404, 409, 410].includes(status) && isDecisive(exchange, exchanges, facts))
      return `a request was answered ${status}`;
  }
  for (const record of facts.evidence) {
    const { evidence } = record;
    if (evidence.kind === 'page.error' && evidence.type === 'crash') return 'the page crashed';
    if (evidence.kind === 'console.error' && /net::ERR_(?!ABORTED)|status of (?:5\d\d|429)/.test(evidence.message))
      return 'the console shows failed requests';
    if (evidence.kind === 'traffic.counts' && hiddenTrouble(evidence.byClass, evidence.omitted))
      return 'earlier requests were answered 5xx';
    if (evidence.kind === 'call' && evidence.outcome !== 'ok' && !wentWellLater(evidence, record, facts.evidence))
      return `a call to ${evidence.dependency} ended ${evidence.outcome}`;
    if (evidence.kind === 'breaker' && evidence.to === 'open') return `the breaker of ${evidence.dependency} opened`;
    if (evidence.kind === 'health' && evidence.state !== 'healthy')
      return `${evidence.dependency} was ${evidence.state}`;
    if (evidence.kind === 'conflict') return `there was a conflict about ${evidence.resource}`;
    if (evidence.kind === 'lease' && evidence.outcome !== 'granted')
      return `the lease of ${evidence.resource} was not kept`;
    if (evidence.kind === 'database' && evidence.errorCode !== undefined)
      return `the database said ${evidence.errorCode}`;
  }
  const [secret] = secretTroubles(facts);
  if (secret !== undefined) return `the secret ${secret.name} was ${secret.outcome}`;
  const text = errorText(facts);
  const isBroken = breakdownsIn(text).some(({ breakdown }) => breakdown !== 'silent');
  return isBroken || /Target crashed|has been closed|worker process exited/.test(text)
    ? 'an error tells of a broken connection'
    : undefined;
}

/** Server errors among the entries that are no longer listed. */
function hiddenTrouble(byClass: Readonly<Record<string, number>>, omitted: number): boolean {
  return omitted > 0 && (byClass['5'] ?? 0) > 0;
}
