/** Masks a line of a JSON text so that it can still be read as JSON. */
import { MASKED, type Span } from '@quality-hub/telemetry';

export interface JsonLineOptions {
  readonly find: (text: string) => readonly Span[];
  /** Masks decoded text by what surrounds a secret, too; undefined: only values are looked for. */
  readonly text: ((text: string) => string) | undefined;
  /** Masks what was encoded as base64. */
  readonly maskBytes: (bytes: Buffer) => Buffer;
}

/** Bodies of attachments, pieces of output, frames of sockets: what is shorter says nothing. */
const SHORTEST_BASE64 = 16;

/**
 * @param line A character for each byte: a whole JSON text, or a line of one that is written over several.
 *
 * A secret inside of a base64 string is replaced in what it decodes to. Where a mark would break the text (the secret is a
 * number, or begins inside of an escape), the values are taken out, masked and written again.
 */
export function maskJsonLine(line: string, { find, text, maskBytes }: JsonLineOptions): string {
  if (find(line).length === 0 && (text === undefined || asBytes(text(asText(line))) === line)) return line;
  const decoded = changeBase64(line, maskBytes);
  let masked = '';
  let from = 0;
  for (const { start, end } of find(decoded)) {
    masked += decoded.slice(from, start) + MASKED;
    from = end;
  }
  masked += decoded.slice(from);
  if (text) masked = asBytes(text(asText(masked)));
  if (masked === line) return line;
  const frame = FRAMES.find(each => isJson(each(decoded)));
  if (frame === undefined || isJson(frame(masked))) return masked;
  return unframed(decoded, asBytes(rewritten(asText(frame(decoded)), value => maskedText(value, find, text))));
}

/** Not by an expression: a body of some megabytes would take all of its stack. */
function changeBase64(line: string, change: (bytes: Buffer) => Buffer): string {
  let output = '';
  let done = 0;
  for (let open = line.indexOf('"'); open !== -1; ) {
    const close = line.indexOf('"', open + 1);
    if (close === -1) break;
    const length = close - open - 1;
    if (length >= SHORTEST_BASE64 && length % 4 === 0 && isBase64(line, open + 1, close)) {
      const bytes = Buffer.from(line.slice(open + 1, close), 'base64');
      const changed = change(bytes);
      if (changed !== bytes) {
        output += `${line.slice(done, open + 1)}${changed.toString('base64')}`;
        done = close;
      }
    }
    // The quote may also be one that opens a string.
    open = close;
  }
  return done === 0 ? line : output + line.slice(done);
}

function isBase64(text: string, from: number, to: number): boolean {
  let end = to;
  while (end > to - 2 && text.charCodeAt(end - 1) === 0x3d) end--;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
    if (!isLetter && !(code >= 0x2f && code <= 0x39) && code !== 0x2b) return false;
  }
  return true;
}

/** What makes JSON of a line of a text that is written over several: the comma at its end goes, braces are put around. */
const FRAMES: readonly ((line: string) => string)[] = [
  line => line,
  line => `{${withoutComma(line)}}`,
  line => `[${withoutComma(line)}]`,
];

function withoutComma(line: string): string {
  return line.trimEnd().replace(/,$/, '');
}

function unframed(line: string, json: string): string {
  if (isJson(line)) return json;
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  const comma = line.trimEnd().endsWith(',') ? ',' : '';
  return `${indent}${json.slice(1, -1)}${comma}${/\s*$/.exec(line)?.[0] ?? ''}`;
}

function maskedText(
  value: string,
  find: (text: string) => readonly Span[],
  text: ((text: string) => string) | undefined,
): string {
  const bytes = asBytes(value);
  let masked = '';
  let from = 0;
  for (const { start, end } of find(bytes)) {
    masked += bytes.slice(from, start) + MASKED;
    from = end;
  }
  const found = from === 0 ? value : asText(masked + bytes.slice(from));
  return text ? text(found) : found;
}

/** Numbers are written as they were read, however long they are. Not in the types of TypeScript 7: in Node since 21. */
type ReadNumber = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const exact = JSON as unknown as {
  parse(text: string, reviver: ReadNumber): unknown;
  rawJSON(text: string): unknown;
};

function rewritten(json: string, mask: (text: string) => string): string {
  const value = exact.parse(json, (_, item, { source }) => {
    if (typeof item === 'string') return mask(item);
    if (typeof item === 'number' && source !== undefined)
      return mask(source) === source ? exact.rawJSON(source) : MASKED;
    if (typeof item !== 'object' || item === null || Array.isArray(item) || Object.isFrozen(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [mask(key), inner]));
  });
  return JSON.stringify(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function asText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function asBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}
