/** Tables of failing attempts and the verdicts they deserve. */
import type { AttemptFacts, Verdict } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { judge, reasonsOf, remedyOf, UNKNOWN_REMEDY } from '../analysis/judge.ts';

/** What happens, what is known of it, the verdict, and a part of its reasons. */
export type Case = readonly [name: string, attempt: AttemptFacts, verdict: Verdict, reason?: string];

export function judgeCases(cases: readonly Case[]): void {
  for (const [name, attempt, verdict, reason] of cases) {
    test(`${verdict}: ${name}`, () => {
      const judgement = judge(attempt);
      expect(judgement, JSON.stringify(judgement.findings, undefined, 1)).toMatchObject({ verdict });
      if (reason !== undefined) expect(reasonsOf(judgement).join('\n')).toContain(reason);
      expect(remedyOf(judgement) === UNKNOWN_REMEDY).toBe(verdict === 'unknown');
      expect(judgement.confidence01).toBeGreaterThanOrEqual(0);
      expect(judgement.confidence01).toBeLessThanOrEqual(1);
    });
  }
}
