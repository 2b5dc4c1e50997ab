/** The same test, tried again, passed: what failed it was there only for a while. */
import type { AttemptFacts, VerdictRule } from '@quality-hub/protocol';

export function passedLater({ retry, otherAttempts }: AttemptFacts): boolean {
  return otherAttempts.some(other => other.retry > retry && other.status === 'passed');
}

export const passedOnRetryEnvironment: VerdictRule = {
  name: 'passed-on-retry',
  judge: facts =>
    passedLater(facts)
      ? {
          rule: 'passed-on-retry',
          verdict: 'environment',
          weight01: 0.22,
          reason: 'The next attempt passed: what failed this one did not last',
          remedy: 'Compare the failing attempt with the passing one, in time and traffic',
        }
      : undefined,
};

export const passedOnRetryInterference: VerdictRule = {
  name: 'passed-when-tried-again',
  judge: facts =>
    passedLater(facts)
      ? {
          rule: 'passed-when-tried-again',
          verdict: 'interference',
          weight01: 0.2,
          reason: 'The next attempt passed, with other tests beside it',
          remedy: 'Run the test alone several times: if it always passes, another test disturbs it',
        }
      : undefined,
};
