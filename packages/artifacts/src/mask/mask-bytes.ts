/** Masks what is in memory: text of any kind, JSON so that it stays JSON, and bytes that are no text. */
import { isUtf8 } from 'node:buffer';
import { MASKED, type Mask, type Span } from '@quality-hub/telemetry';
import { maskJsonLine } from './mask-json.ts';

export interface MaskBytesOptions {
  readonly mask: Mask;
  /** True: also what is told by its surroundings, such as `password: "…"`. @default false */
  readonly shapes?: boolean;
  /** Of a part of something larger. @default what the bytes say */
  readonly kind?: ContentKind;
}

export type ContentKind = 'json' | 'text' | 'binary';

/** Told by the bytes, never by a name. A zero byte is in no text. */
export function contentKind(bytes: Buffer): ContentKind {
  if (bytes.includes(0)) return 'binary';
  if (!isUtf8(bytes)) return 'text';
  return /^[\s\uFEFF]*[{[]/.test(bytes.toString('utf8', 0, 64)) ? 'json' : 'text';
}

/**
 * The bytes without secrets; the same buffer where there was none. In text a mark stands where a secret stood, and what was
 * JSON still is. In a picture, a font or a program nothing may move: there a secret is overwritten.
 */
export function maskBytes(bytes: Buffer, { mask, shapes = false, kind: given }: MaskBytesOptions): Buffer {
  const view = bytes.toString('latin1');
  const spans = mask.find(view);
  if (spans.length === 0 && !shapes) return bytes;
  const kind = given ?? contentKind(bytes);
  if (kind === 'binary') return spans.length === 0 ? bytes : overwritten(bytes, spans);
  if (kind === 'json') return maskJson(bytes, view, spans, { mask, shapes });
  const text = replaced(view, spans);
  const shaped =
    shapes && isUtf8(bytes) ? Buffer.from(mask.text(Buffer.from(text, 'latin1').toString('utf8'))) : undefined;
  if (shaped === undefined) return text === view ? bytes : Buffer.from(text, 'latin1');
  return shaped.equals(bytes) ? bytes : shaped;
}

function maskJson(
  bytes: Buffer,
  view: string,
  spans: readonly Span[],
  { mask, shapes }: { mask: Mask; shapes: boolean },
): Buffer {
  const inner = (body: Buffer): Buffer => maskBytes(body, { mask });
  const withoutValues = changeParts(view, linesAround(view, spans), line =>
    maskJsonLine(line, { find: mask.find, text: undefined, maskBytes: inner }),
  );
  const masked = shapes
    ? changeParts(withoutValues, lines(withoutValues), line =>
        maskJsonLine(line, { find: mask.find, text: mask.text, maskBytes: inner }),
      )
    : withoutValues;
  return masked === view ? bytes : Buffer.from(masked, 'latin1');
}

type Part = readonly [from: number, to: number];

function changeParts(text: string, parts: Iterable<Part>, change: (part: string) => string): string {
  let output = '';
  let done = 0;
  for (const [from, to] of parts) {
    const part = text.slice(from, to);
    const changed = change(part);
    if (changed === part) continue;
    output += text.slice(done, from) + changed;
    done = to;
  }
  return done === 0 ? text : output + text.slice(done);
}

/** JSON of reports has a line for each value, or for each event. A value that goes over several lines keeps them together. */
function* linesAround(text: string, spans: readonly Span[]): Iterable<Part> {
  let part: Part | undefined;
  for (const { start, end } of spans) {
    if (part && end <= part[1]) continue;
    const next = text.indexOf('\n', end);
    const [from, to] = [text.lastIndexOf('\n', start) + 1, next === -1 ? text.length : next];
    if (part && from <= part[1]) part = [part[0], to];
    else {
      if (part) yield part;
      part = [from, to];
    }
  }
  if (part) yield part;
}

function* lines(text: string): Iterable<Part> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    yield [from, end === -1 ? text.length : end];
    from = end === -1 ? text.length : end + 1;
  }
}

function replaced(view: string, spans: readonly Span[]): string {
  let output = '';
  let from = 0;
  for (const { start, end } of spans) {
    output += view.slice(from, start) + MASKED;
    from = end;
  }
  return output + view.slice(from);
}

function overwritten(bytes: Buffer, spans: readonly Span[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const { start, end } of spans) copy.fill('*', start, end);
  return copy;
}
