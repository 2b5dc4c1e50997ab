/** Puts what was being done around an error: the sentence that a report shows. */
import { QualityHubError } from '@quality-hub/protocol';
import type { Tried } from '../errors.ts';
import type { Classification } from './classification.ts';
import { classify } from './classify.ts';
import { markTried, triedOf } from './tried.ts';

/** Something failed, and this says what it was for (`QH_FAILED`). `cause` is the error itself. */
export class DescribedError extends QualityHubError {
  /** Of the cause: who describes an error does not change what it means. */
  readonly classification: Classification;

  constructor(doing: string, ids: Ids, cause: unknown) {
    const classification = classify(cause);
    const tried = triedOf(cause);
    const message = cause instanceof Error ? cause.message : String(cause);
    super(`${doing}${inBrackets(ids)}: ${message}${cause instanceof DescribedError ? '' : after(tried)}`, {
      code: 'QH_FAILED',
      hint: remedy(cause, classification),
      cause,
    });
    this.classification = classification;
    if (tried) markTried(this, tried);
  }
}

/** What it was done to: `{ order: 17 }`. No secrets: this is for messages. */
export type Ids = Readonly<Record<string, string | number | bigint | undefined>>;

/**
 * Runs `work`, and tells of its error what was being done and to what: `refund (order 17): HTTP 503, after 3 attempts in
 * 1200 ms`. Nested descriptions read from the outside to the inside.
 *
 * @throws {DescribedError} (`QH_FAILED`) with the error of `work` as its cause.
 */
export async function describe<T>(doing: string, ids: Ids, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new DescribedError(doing, ids, error);
  }
}

function inBrackets(ids: Ids): string {
  const named = Object.entries(ids).flatMap(([name, id]) => (id === undefined ? [] : [`${name} ${id}`]));
  return named.length === 0 ? '' : ` (${named.join(', ')})`;
}

/** Once, where attempts were made more than once. */
function after(tried: Tried | undefined): string {
  if (tried === undefined || tried.attempts < 2) return '';
  const { attempts, durationMs } = tried;
  return `, after ${attempts} attempts${durationMs === undefined ? '' : ` in ${Math.round(durationMs)} ms`}`;
}

const REMEDIES: Readonly<Record<Classification['blame'], string>> = {
  caller: 'Look at what is asked for: it is wrong in itself, and will fail again',
  dependency: 'Look at the dependency: its log, its load, what it depends on itself',
  network: 'Look at the way there: name, port, certificate, proxy, and whether the other side runs at all',
  data: 'Look at the data: it is missing, there already, or has been changed by somebody else',
  credential: 'Look at the credential: wrong, expired, or without the right',
};

function remedy(cause: unknown, { blame }: Classification): string {
  return (cause instanceof QualityHubError ? cause.hint : undefined) ?? REMEDIES[blame];
}
