/** All errors of the command. */
import { QualityHubError } from '@quality-hub/protocol';

/** The command line has a wrong word (`QH_USAGE`); the exit code is 2. */
export class UsageError extends QualityHubError {
  constructor(message: string, hint: string) {
    super(message, { code: 'QH_USAGE', hint });
  }
}

/** There is nothing to read here (`QH_NO_HUB`): no folder, or no run in it. */
export class NoHubError extends QualityHubError {
  constructor(message: string, hint: string) {
    super(message, { code: 'QH_NO_HUB', hint });
  }
}

/** The beginning of a run id fits several runs (`QH_RUN_AMBIGUOUS`). */
export class RunAmbiguousError extends QualityHubError {
  constructor(prefix: string, runIds: readonly string[]) {
    const shown = runIds.slice(0, 5).map(id => `"${id}"`);
    const more = runIds.length > shown.length ? ` and ${runIds.length - shown.length} more` : '';
    super(`"${prefix}" fits ${runIds.length} runs: ${shown.join(', ')}${more}`, {
      code: 'QH_RUN_AMBIGUOUS',
      hint: 'Give a longer beginning of the id',
    });
  }
}

/** No test has asked for a flag of this name (`QH_NO_FLAG`). */
export class NoFlagError extends QualityHubError {
  constructor(message: string, hint: string) {
    super(message, { code: 'QH_NO_FLAG', hint });
  }
}

/** There is nothing to take off the list of leftovers (`QH_LEFTOVER`). */
export class LeftoverError extends QualityHubError {
  constructor(message: string, hint: string) {
    super(message, { code: 'QH_LEFTOVER', hint });
  }
}

/** Nobody holds such a lock, or no such member is kept back (`QH_NO_LOCK`). */
export class NoLockError extends QualityHubError {
  constructor(message: string, hint: string) {
    super(message, { code: 'QH_NO_LOCK', hint });
  }
}

/** `init` cannot do what was asked (`QH_INIT`). The files are as they were, unless the message says otherwise. */
export class InitError extends QualityHubError {
  constructor(message: string, hint: string) {
    super(message, { code: 'QH_INIT', hint });
  }
}

/** A command of the configuration cannot do what was asked (`QH_CONFIG_COMMAND`). No file was changed. */
export class ConfigCommandError extends QualityHubError {
  constructor(message: string, hint: string) {
    super(message, { code: 'QH_CONFIG_COMMAND', hint });
  }
}

/** Factories or rows cannot be written (`QH_DATA_COMMAND`). */
export class DataCommandError extends QualityHubError {
  constructor(message: string, hint: string) {
    super(message, { code: 'QH_DATA_COMMAND', hint });
  }
}
