/** Decides whether a demonstration ended as it should, and says so in one sentence. */

/**
 * @param {{ day: 'good' | 'bad', exitCode: number, shown?: { failures: readonly { verdict: string }[] } }} facts
 *   `shown` is what `quality-hub show --json` says of this run
 * @returns {{ ok: boolean, sentence: string }}
 */
export function judgeDemonstration({ day, exitCode, shown }) {
  const ended = `The suite ended with exit code ${exitCode}`;
  if (day === 'good') {
    if (exitCode === 0) return { ok: true, sentence: `${ended}, as it should on a good day.` };
    return { ok: false, sentence: `${ended}, but on a good day every test should pass: read the failures above.` };
  }
  if (exitCode !== 1)
    return { ok: false, sentence: `${ended}, but on a bad day it should be 1: some tests must fail.` };
  if (!shown)
    return { ok: false, sentence: `${ended}, but the hub kept no record of the run: see "npx quality-hub doctor".` };
  const { failures } = shown;
  const judged = failures.filter(({ verdict }) => verdict && verdict !== 'unknown');
  if (judged.length === 0) {
    return { ok: false, sentence: `${ended} with ${failures.length} failures, but none of them got a verdict.` };
  }
  const numbers = `${judged.length} of ${failures.length} failures have a verdict`;
  return { ok: true, sentence: `${ended}, as it should on a bad day: ${numbers}.` };
}
