/**
 * Weighs what the rules have found, and says which verdict they speak for.
 *
 * Findings for one verdict are taken as independent hints: together they are right unless all of them are wrong, so
 * `score = 1 - (1 - w1) * (1 - w2) * …` ("noisy or"). A product bug does not go away by itself: where a later attempt of
 * the test passed, the score of `product` is halved. The best verdict wins when its score reaches {@link ENOUGH} and is
 * {@link MARGIN} above the next one; `product`, the most expensive mistake, has to reach {@link ENOUGH_PRODUCT} and
 * {@link MARGIN_PRODUCT}. Otherwise the answer is `unknown`. `confidence = best - next / 2`.
 */
import type { AttemptFacts, Finding, Judgement, Verdict, VerdictRule } from '@quality-hub/protocol';
import { passedLater } from './rules/retries.ts';
import { VERDICT_RULES } from './rules.ts';

const ENOUGH = 0.38;
const MARGIN = 0.05;
const ENOUGH_PRODUCT = 0.5;
const MARGIN_PRODUCT = 0.2;

export function judge(facts: AttemptFacts, rules: readonly VerdictRule[] = VERDICT_RULES): Judgement {
  const findings = rules.flatMap(rule => rule.judge(facts) ?? []).sort((a, b) => b.weight01 - a.weight01);
  const doubts = new Map<Finding['verdict'], number>();
  for (const { verdict, weight01 } of findings) doubts.set(verdict, (doubts.get(verdict) ?? 1) * (1 - weight01));
  const scores = [...doubts].map(([verdict, doubt]) => ({ verdict, score: score(verdict, doubt, facts) }));
  const [best, next] = scores.sort((a, b) => b.score - a.score);
  const rival = next?.score ?? 0;
  if (!best || !isEnough(best.verdict, best.score, rival)) {
    return { verdict: 'unknown', confidence01: round(Math.max(0, (best?.score ?? 0) - rival) / 2), findings };
  }
  const own = findings.filter(({ verdict }) => verdict === best.verdict);
  const others = findings.filter(({ verdict }) => verdict !== best.verdict);
  return { verdict: best.verdict, confidence01: round(best.score - rival / 2), findings: [...own, ...others] };
}

/** What to do about an attempt that nobody can tell more about. */
export const UNKNOWN_REMEDY = 'Open the trace at the failing step: nothing that was seen tells the cause';

/** The remedy of the strongest finding for the verdict. */
export function remedyOf({ verdict, findings }: Judgement): string {
  return findings.find(finding => finding.verdict === verdict)?.remedy ?? UNKNOWN_REMEDY;
}

/** What speaks for the verdict; for `unknown` everything that was seen. */
export function reasonsOf({ verdict, findings }: Judgement): readonly string[] {
  const own = verdict === 'unknown' ? findings : findings.filter(finding => finding.verdict === verdict);
  return own.map(({ reason }) => reason);
}

function score(verdict: Verdict, doubt: number, facts: AttemptFacts): number {
  return (1 - doubt) * (verdict === 'product' && passedLater(facts) ? 0.5 : 1);
}

function isEnough(verdict: Verdict, best: number, rival: number): boolean {
  if (verdict === 'product') return best >= ENOUGH_PRODUCT && best - rival >= MARGIN_PRODUCT;
  return best >= ENOUGH && best - rival >= MARGIN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
