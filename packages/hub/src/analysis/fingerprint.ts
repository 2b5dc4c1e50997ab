/**
 * The key under which two failures are the same failure.
 *
 * The exact fingerprint is made of error class, normalised first line, matcher, normalised locator, top frame in the
 * suite's own files (file and function, not the line) and the categories of the steps that failed. The family leaves the
 * frame out: the same failure reached from two places.
 */
import { type AttemptFacts, digest } from '@quality-hub/protocol';
import { locatorOf, matcherOf, plain, tellingError } from './reading/error-text.ts';

export interface Fingerprint {
  readonly exact: string;
  readonly family: string;
  readonly errorClass: string;
  readonly locator: string;
  /** Normalised message: what near duplicates are found by. */
  readonly text: string;
}

export function fingerprintOf(facts: AttemptFacts): Fingerprint {
  const message = plain(tellingError(facts)?.message ?? facts.status);
  const errorClass =
    /^(?:([A-Z]\w*(?:Error|Exception|Closed))(?: \[[^\]]+\])?: )/.exec(message)?.[1] ??
    (facts.status === 'timedOut' ? 'Timeout' : 'Error');
  const text = normalise(message);
  const firstLine = text.split('\n').find(line => line.trim() !== '') ?? '';
  const matcher = matcherOf(message) ?? '';
  const locator = normalise(locatorOf(message) ?? '');
  const values = [errorClass, firstLine, matcher, locator];
  const exact = [
    ...values,
    topFrame(facts),
    facts.steps
      .filter(({ error }) => error !== undefined)
      .map(({ category }) => category)
      .join('>'),
  ];
  return { exact: key(exact), family: key(values), errorClass, locator, text };
}

/** Takes out what differs between two occurrences of one failure. HTTP statuses and error codes stay. */
export function normalise(message: string): string {
  return message
    .replace(/\b\w+:\/\/[^\s"'`)]+/g, url => urlTemplate(url))
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<uuid>')
    .replace(/\b(?:0x[0-9a-f]+|(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,})\b/gi, '<hex>')
    .replace(/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?\b/g, '<time>')
    .replace(/\b\d+(?:\.\d+)? ?(?:ms|s|m)\b/g, '<duration>')
    .replace(/(?:\/tmp|\/var\/folders|[A-Z]:\\\S*\\Temp)[^\s"'`)]*/g, '<temp>')
    .replace(/(?<![\w<])(?:\d{1,3}(?:\.\d{1,3}){3}|-?\d+(?:[.,]\d+)*)(?!\w)/g, number =>
      isName(number) ? number : '<n>',
    );
}

/** An HTTP status or an address says what is meant; other numbers say how much. */
function isName(number: string): boolean {
  return /^[1-5]\d\d$|^\d+(?:\.\d+){3}$/.test(number);
}

function urlTemplate(url: string): string {
  const bare = url.replace(/[?#].*$/, '');
  if (!URL.canParse(bare)) return bare;
  const { hostname, pathname } = new URL(bare);
  return `${hostname}${pathname.replace(/\/(?:\d+|[0-9a-f-]{8,})(?=\/|$)/gi, '/<id>')}`;
}

/** File and function of the innermost frame that is the suite's own. */
function topFrame(facts: AttemptFacts): string {
  const error = tellingError(facts);
  for (const line of error?.stack?.split('\n') ?? []) {
    const frame = /^\s+at (?:(?:async )?(.+?) \()?((?:file:\/\/)?\/?[^()]+?):\d+:\d+\)?$/.exec(line);
    const file = frame?.[2];
    if (file === undefined || /node_modules|^node:/.test(file)) continue;
    return `${file.split(/[\\/]/).slice(-2).join('/')} ${frame?.[1] ?? ''}`;
  }
  return error?.location?.file ?? facts.location.file;
}

function key(parts: readonly string[]): string {
  return digest(parts.join('|'), 16);
}
