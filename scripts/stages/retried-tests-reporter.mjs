/** Names the tests that passed on their second try, so that none of them goes unseen. */
import { relative } from 'node:path';

export const PASSED_ON_RETRY = 'passed on retry: ';

export default class RetriedTestsReporter {
  #root = '';

  onInit(vitest) {
    this.#root = vitest.config.root;
  }

  onTestCaseResult(test) {
    if (!test.diagnostic()?.flaky) return;
    console.log(`${PASSED_ON_RETRY}${relative(this.#root, test.module.moduleId)} › ${test.fullName}`);
  }
}

/** @param {string} output of Vitest, or of many at once */
export function retriedIn(output) {
  return output.split('\n').flatMap(line => {
    const at = line.indexOf(PASSED_ON_RETRY);
    return at === -1 ? [] : [line.slice(at)];
  });
}
