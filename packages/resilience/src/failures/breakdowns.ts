/** Finds in a text how a connection failed, where nobody has left a code beside it: in the words of Playwright, undici and browsers. */
import { type Breakdown, CUT, REFUSED, type Row, SILENT } from './classification.ts';
import { networkRow } from './network-codes.ts';

export interface FoundBreakdown {
  readonly breakdown: Breakdown;
  /** The code or the words that say so. */
  readonly said: string;
}

const CODE = /\b(?:E[A-Z]{3,}|EAI_[A-Z]+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g;

/** What is said without a code. */
const PHRASES: readonly (readonly [RegExp, Row])[] = [
  [/Could not connect to (?:the )?server/i, REFUSED],
  [/socket hang up|other side closed/i, CUT],
  [/(?:Headers|Body|Connect) Timeout Error|operation was aborted due to timeout/i, SILENT],
  [/(?:apiRequestContext\.\w+|page\.(?:goto|reload|goBack|goForward)|frame\.goto): Timeout \d+ms exceeded/, SILENT],
];

/** All that a text says of connections that failed, codes first. */
export function breakdownsIn(text: string): readonly FoundBreakdown[] {
  const found: FoundBreakdown[] = [];
  for (const [said] of text.matchAll(CODE)) note(found, networkRow(said), said);
  for (const [phrase, row] of PHRASES) {
    const said = phrase.exec(text)?.[0];
    if (said !== undefined) note(found, row, said);
  }
  return found;
}

/** What an error of Playwright says of a call, a navigation or a locator: it has no code. */
export function playwrightRow(message: string): Row | undefined {
  const head = /^(?:[a-zA-Z]+\.)?[a-zA-Z]+\.[a-zA-Z]+: [^\n]*/.exec(message)?.[0];
  if (head === undefined) return undefined;
  for (const [said] of head.matchAll(CODE)) {
    const row = networkRow(said);
    if (row !== undefined) return row;
  }
  return PHRASES.find(([phrase]) => phrase.test(head))?.[1];
}

/** A locator that is not found in time says nothing of a server. */
export function isLocatorTimeout(message: string): boolean {
  return /^(?:[a-zA-Z]+\.)?[a-zA-Z]+\.[a-zA-Z]+: Timeout \d+ms exceeded/.test(message) && !playwrightRow(message);
}

function note(found: FoundBreakdown[], row: Row | undefined, said: string): void {
  const breakdown = row?.[4];
  if (breakdown !== undefined) found.push({ breakdown, said });
}
