/** The one error base of Quality Hub: what happened, with which value, and what to do about it. */

const BRAND = '@quality-hub/error';

export interface QualityHubErrorOptions {
  /** Stable, greppable code such as `QH_OPTION`. */
  readonly code: string;
  /** What the reader can do now, as one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * Base of every error that Quality Hub throws.
 *
 * The message says what happened, with which value, and what was expected. Recognise one with
 * {@link isQualityHubError}: `instanceof` fails when two copies of a package are loaded.
 */
export class QualityHubError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(message: string, { code, hint, cause }: QualityHubErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = hint;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** True for every error of ours, whichever copy of the package made it. */
export function isQualityHubError(value: unknown): value is QualityHubError {
  return value instanceof Error && (value as unknown as Record<string, unknown>)[BRAND] === true;
}

/** An option has a wrong name or value (`QH_OPTION`). Lists every problem found, not only the first. */
export class OptionError extends QualityHubError {
  readonly problems: readonly string[];

  constructor(where: string, problems: readonly string[], hint?: string) {
    super(`${where}: ${problems.join('; ')}`, { code: 'QH_OPTION', ...(hint === undefined ? {} : { hint }) });
    this.problems = problems;
  }
}

/** Something asked for an ability that this part does not have (`QH_UNSUPPORTED`). */
export class UnsupportedError extends QualityHubError {
  constructor(message: string, hint?: string) {
    super(message, { code: 'QH_UNSUPPORTED', ...(hint === undefined ? {} : { hint }) });
  }
}

/** An event could not be read: not an event, or of a version this code does not know (`QH_EVENT`). */
export class EventError extends QualityHubError {
  constructor(message: string, hint?: string) {
    super(message, { code: 'QH_EVENT', ...(hint === undefined ? {} : { hint }) });
  }
}

/** One line for a terminal: the message, then the hint. Any thrown value is accepted. */
export function errorSentence(error: unknown): string {
  if (isQualityHubError(error)) return error.hint ? `${error.message}. ${error.hint}` : error.message;
  return error instanceof Error ? error.message : String(error);
}
