/** Looks through what comes in pieces, wherever they are cut, and counts lines. */
import type { Mask } from '@quality-hub/telemetry';
import type { SecretFinder } from '../patterns/find-secrets.ts';
import type { ComplianceRule } from './compliance-rules.ts';
import type { FindingKind } from './finding.ts';

/** Looked at together. */
const WINDOW = 2 * 1024 * 1024;
/** What begins in the last part of a window is found with the next one. Longer than any secret with a shape. */
const OVERLAP = 64 * 1024;

export interface Searched {
  readonly mask: Mask;
  /** Finds what nobody has named; undefined: that is not looked for. */
  readonly findPatterns: SecretFinder | undefined;
  readonly compliance: readonly ComplianceRule[];
}

export interface Hit {
  readonly kind: FindingKind;
  readonly rule: string;
  readonly meaning: string;
  /** Undefined in bytes that are no text. */
  readonly line: number | undefined;
  readonly text: string;
}

export const KNOWN_VALUE = 'known-value';

/** @param isCode Rules that are not meant for scripts and style sheets are left out. */
export async function* scanPieces(
  pieces: Iterable<Buffer> | AsyncIterable<Buffer>,
  searched: Searched,
  isCode: boolean,
): AsyncIterable<Hit> {
  let kept = '';
  let line = 1;
  let isBinary = false;
  let parts: Buffer[] = [];
  let length = 0;
  function* take(isLast: boolean): Iterable<Hit> {
    const bytes = Buffer.concat(parts);
    parts = [];
    length = 0;
    isBinary ||= bytes.includes(0);
    const text = kept + bytes.toString('latin1');
    const limit = isLast ? text.length : Math.max(0, text.length - OVERLAP);
    yield* hitsIn(text, limit, searched, { isCode, isBinary, line });
    line += count(text, '\n', limit);
    kept = text.slice(limit);
  }
  for await (const piece of pieces) {
    parts.push(Buffer.from(piece));
    length += piece.length;
    if (length >= WINDOW) yield* take(false);
  }
  yield* take(true);
}

function* hitsIn(
  text: string,
  limit: number,
  { mask, findPatterns, compliance }: Searched,
  { isCode, isBinary, line }: { isCode: boolean; isBinary: boolean; line: number },
): Iterable<Hit> {
  const lines = lineCounter(text, line);
  const at = (start: number): number | undefined => (isBinary ? undefined : lines(start));
  for (const { start, end } of mask.find(text))
    if (start < limit)
      yield {
        kind: 'known',
        rule: KNOWN_VALUE,
        meaning: 'value that is known to be secret',
        line: at(start),
        text: text.slice(start, end),
      };
  if (isBinary) return;
  for (const { rule, meaning, start, end } of findPatterns?.(text) ?? [])
    if (start < limit) yield { kind: 'pattern', rule, meaning, line: at(start), text: text.slice(start, end) };
  for (const { name, meaning, pattern, inCode, check } of compliance) {
    if (isCode && !inCode) continue;
    for (const { 0: found, index } of text.matchAll(pattern))
      if (index < limit && check?.(found) !== false)
        yield { kind: 'compliance', rule: name, meaning, line: at(index), text: found };
  }
}

/** Hits come in order for each rule, so that lines are mostly counted once. */
function lineCounter(text: string, first: number): (at: number) => number {
  let seen = { at: 0, line: first };
  return at => {
    if (at < seen.at) seen = { at: 0, line: first };
    seen = { at, line: seen.line + count(text.slice(seen.at, at), '\n', at - seen.at) };
    return seen.line;
  };
}

function count(text: string, char: string, until: number): number {
  let found = 0;
  for (let at = text.indexOf(char); at !== -1 && at < until; at = text.indexOf(char, at + 1)) found++;
  return found;
}
