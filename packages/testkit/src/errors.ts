/** All errors of the testkit. */
import { QualityHubError } from '@quality-hub/protocol';

/** A child Playwright run could not be started or looked into (`QH_INLINE_RUN`). */
export class InlineRunError extends QualityHubError {
  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { code: 'QH_INLINE_RUN', hint, ...(cause === undefined ? {} : { cause }) });
  }
}

/** A child Playwright run did not end in time and was killed (`QH_INLINE_TIMEOUT`). `output` is what it had printed. */
export class InlineTimeoutError extends QualityHubError {
  readonly output: string;

  constructor(timeoutMs: number, output: string) {
    const tail = output.trim() === '' ? 'It printed nothing' : `The end of its output:\n${output.slice(-2000)}`;
    super(`The Playwright run did not end within ${timeoutMs} ms and was killed`, {
      code: 'QH_INLINE_TIMEOUT',
      hint: tail,
    });
    this.output = output;
  }
}
