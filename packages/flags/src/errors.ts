/** All errors of flags. */
import { closestName, QualityHubError } from '@quality-hub/protocol';

/** A file of flags cannot be read, or says something it may not (`QH_FLAG_FILE`). Lists every problem. */
export class FlagFileError extends QualityHubError {
  readonly path: string;
  readonly problems: readonly string[];

  constructor(path: string, problems: readonly string[], cause?: unknown) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super(`${path} has ${count}:\n${problems.map(problem => `- ${problem}`).join('\n')}`, {
      code: 'QH_FLAG_FILE',
      hint: 'Correct the file; docs/flags.md says what a flag may hold',
      ...(cause === undefined ? {} : { cause }),
    });
    this.path = path;
    this.problems = problems;
  }
}

/** There is no flag of this name (`QH_FLAG_UNKNOWN`). */
export class FlagUnknownError extends QualityHubError {
  readonly flag: string;

  constructor(flag: string, provider: string, names: readonly string[]) {
    super(`${provider} has no flag "${flag}"${meantName(flag, names)}`, {
      code: 'QH_FLAG_UNKNOWN',
      hint: 'Correct the name, or allow flags that there are not yet with `flags: { unknown: "allow" }`',
    });
    this.flag = flag;
  }
}

/** A flag was asked for another type than it has (`QH_FLAG_TYPE`). */
export class FlagTypeError extends QualityHubError {
  constructor(flag: string, message: string) {
    super(message, { code: 'QH_FLAG_TYPE', hint: `Ask with flags.variant("${flag}") or flags.value("${flag}")` });
  }
}

/** Flags are set, for a test or for the run, that there are not, or to what they cannot be (`QH_FLAG_OVERRIDE`). */
export class FlagOverrideError extends QualityHubError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '), {
      code: 'QH_FLAG_OVERRIDE',
      hint: 'Set a flag to the name of one of its variants; on and off are those of a switch',
    });
    this.problems = problems;
  }
}

/** The provider could not say what a flag is (`QH_FLAG_PROVIDER`). */
export class FlagProviderError extends QualityHubError {
  /** In the words of OpenFeature: `PROVIDER_NOT_READY`, `TARGETING_KEY_MISSING` … */
  readonly reason: string;

  /** @param flag Undefined where the provider could not even be made ready. */
  constructor(flag: string | undefined, provider: string, reason: string, said: string | undefined, cause?: unknown) {
    const what = flag === undefined ? 'cannot be made ready' : `does not say what "${flag}" is`;
    super(`${provider} ${what}: ${reason}${said ? `, ${said}` : ''}`, {
      code: 'QH_FLAG_PROVIDER',
      hint: 'Look at the provider, or set the flag for the run: QH_FLAGS=name=variant',
      ...(cause === undefined ? {} : { cause }),
    });
    this.reason = reason;
  }
}

/** A test asked for a flag and did not wait for the answer (`QH_FLAG_NOT_AWAITED`): a promise is always true. */
export class FlagNotAwaitedError extends QualityHubError {
  constructor(asked: readonly string[]) {
    super(
      `${asked.join(' and ')} ${asked.length === 1 ? 'was' : 'were'} not awaited, so the test has not heard the answer`,
      {
        code: 'QH_FLAG_NOT_AWAITED',
        hint: "Write `await flags.on('…')`: without it, the condition is a promise, which is always true",
      },
    );
  }
}

/** The end of a sentence about a name that is none of `names`. */
export function meantName(wrong: string, names: readonly string[]): string {
  const meant = closestName(wrong, names);
  if (meant !== undefined) return `; did you mean ${meant}?`;
  if (names.length === 0) return '';
  const shown = names.slice(0, 12).join(', ');
  return `; there ${names.length === 1 ? 'is' : 'are'} ${shown}${names.length > 12 ? ' and others' : ''}`;
}
