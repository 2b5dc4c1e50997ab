/** Listed behind our reporter: writes down what the runner has told both, and how much memory the runner took. */
import type { FullResult, Reporter, Suite, TestCase, TestResult } from '@playwright/test/reporter';
import { RUNNER_FILE, tell, testName } from './told.ts';

const SAMPLE_MS = 50;

export default class TruthReporter implements Reporter {
  #mostBytes = 0;
  #sampler: NodeJS.Timeout | undefined;

  printsToStdio(): boolean {
    return true;
  }

  onBegin(_config: unknown, suite: Suite): void {
    tell(RUNNER_FILE, { said: 'planned', tests: suite.allTests().map(nameOf) });
    this.#sampler = setInterval(() => this.#sample(), SAMPLE_MS).unref();
  }

  onTestBegin(test: TestCase, { retry }: TestResult): void {
    tell(RUNNER_FILE, { said: 'began', test: nameOf(test), retry });
  }

  onTestEnd(test: TestCase, { retry, status }: TestResult): void {
    this.#sample();
    tell(RUNNER_FILE, { said: 'ended', test: nameOf(test), retry, status });
  }

  onEnd({ status }: FullResult): void {
    this.#sample();
    clearInterval(this.#sampler);
    tell(RUNNER_FILE, { said: 'memory', mostBytes: this.#mostBytes });
    tell(RUNNER_FILE, { said: 'over', status });
  }

  #sample(): void {
    this.#mostBytes = Math.max(this.#mostBytes, process.memoryUsage.rss());
  }
}

function nameOf(test: TestCase): string {
  const [, project = '', file = '', ...titles] = test.titlePath();
  return testName(project, file, titles);
}
