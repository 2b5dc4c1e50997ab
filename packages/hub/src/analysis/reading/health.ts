/** Whether everything around the failing check was well: the evidence that the verdict `product` has to be earned with. */
import type { AttemptFacts } from '@quality-hub/protocol';
import { errorText, ranOutMs, statusMismatch } from './error-text.ts';
import { exchangesOf, isAbandoned, isDecisive, recovered } from './exchanges.ts';

export interface Health {
  /** True only where there was traffic, and all of it was fine. */
  readonly isHealthy: boolean;
  /** What was seen, as half a sentence. */
  readonly summary: string;
}

/** A request that takes this share of the time that ran out may be the reason that it ran out. */
const SLOW_SHARE = 0.5;

export function healthOf(facts: AttemptFacts): Health {
  const exchanges = exchangesOf(facts);
  const answered = exchanges.filter(({ status }) => status !== undefined);
  if (answered.length === 0) return { isHealthy: false, summary: 'no traffic was seen' };
  const trouble = troubleOf(facts);
  if (trouble !== undefined) return { isHealthy: false, summary: trouble };
  const slowest = Math.round(Math.max(...answered.map(({ durationMs }) => durationMs)));
  const requests =
    answered.length === 1 ? 'the one request was answered' : `all ${answered.length} requests were answered`;
  return { isHealthy: true, summary: `${requests} as it should be, the slowest in ${slowest} ms` };
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
  for (const { evidence } of facts.evidence) {
    if (evidence.kind === 'page.error' && evidence.type === 'crash') return 'the page crashed';
    if (evidence.kind === 'console.error' && /net::ERR_(?!ABORTED)|status of (?:5\d\d|429)/.test(evidence.message))
      return 'the console shows failed requests';
    if (evidence.kind === 'traffic.counts' && hiddenTrouble(evidence.byClass, evidence.omitted))
      return 'earlier requests were answered 5xx';
    if (evidence.kind === 'call' && evidence.outcome !== 'ok')
      return `a call to ${evidence.dependency} ended ${evidence.outcome}`;
    if (evidence.kind === 'breaker' && evidence.to === 'open') return `the breaker of ${evidence.dependency} opened`;
    if (evidence.kind === 'health' && evidence.state !== 'healthy')
      return `${evidence.dependency} was ${evidence.state}`;
    if (evidence.kind === 'conflict') return `there was a conflict about ${evidence.resource}`;
    if (evidence.kind === 'lease' && evidence.outcome !== 'granted')
      return `the lease of ${evidence.resource} was not kept`;
    if (evidence.kind === 'database' && evidence.errorCode !== undefined)
      return `the database said ${evidence.errorCode}`;
    if (evidence.kind === 'secret' && evidence.outcome !== 'ok')
      return `the secret ${evidence.name} was ${evidence.outcome}`;
  }
  return /Target crashed|has been closed|ECONN|worker process exited/.test(errorText(facts))
    ? 'an error tells of a broken connection'
    : undefined;
}

/** Server errors among the entries that are no longer listed. */
function hiddenTrouble(byClass: Readonly<Record<string, number>>, omitted: number): boolean {
  return omitted > 0 && (byClass['5'] ?? 0) > 0;
}
