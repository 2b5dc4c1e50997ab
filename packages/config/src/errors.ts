/** All errors of the configuration. */
import { QualityHubError } from '@quality-hub/protocol';

/** A configuration could not be found or loaded (`QH_CONFIG_LOAD`); the message says what stood in the way, and where. */
export class ConfigLoadError extends QualityHubError {
  readonly path: string;

  constructor(path: string, message: string, hint: string, cause?: unknown) {
    super(message, { code: 'QH_CONFIG_LOAD', hint, ...(cause === undefined ? {} : { cause }) });
    this.path = path;
  }
}

/** The configuration says something it may not (`QH_CONFIG`). Lists every problem: where, what was found, what was expected. */
export class ConfigError extends QualityHubError {
  readonly path: string;
  readonly problems: readonly string[];

  constructor(path: string, problems: readonly string[]) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super(`${path} has ${count}:\n${problems.map(problem => `- ${problem}`).join('\n')}`, {
      code: 'QH_CONFIG',
      hint: 'Correct the file; the guides say what each section may hold',
    });
    this.path = path;
    this.problems = problems;
  }
}
