/** Adds a property behind the last one of an object, laid out like those that are there. */
import type { ObjectExpression } from '@babel/types';
import { type Edit, insertion } from '../source/edit.ts';

/** What is asked of a file: JSON, too, is read as an object of JavaScript. */
export interface LaidOut {
  readonly text: string;
  readonly comments: readonly { readonly start?: number; readonly end?: number }[];
  readonly style: { readonly eol: string };
}

export function appendProperty(source: LaidOut, { start, end, properties }: ObjectExpression, added: string): Edit[] {
  const { text, style } = source;
  const close = (end ?? 0) - 1;
  const last = properties.at(-1);
  if (!last) return [{ start: start ?? 0, end: close + 1, text: `{ ${added} }` }];
  const lastEnd = last.end ?? 0;
  const comma = commaBetween(source, lastEnd, close);
  const closing = text.slice(text.lastIndexOf('\n', close - 1) + 1, close);
  if (closing.trim() !== '' || !text.slice(lastEnd, close).includes('\n')) {
    return comma === undefined ? [insertion(lastEnd, `, ${added}`)] : [insertion(comma + 1, ` ${added},`)];
  }
  const indent = indentOf(text, last.start ?? 0) ?? `${closing}  `;
  const line = `${indent}${added}${comma === undefined ? '' : ','}${style.eol}`;
  const placed = insertion(close - closing.length, line);
  return comma === undefined ? [insertion(lastEnd, ','), placed] : [placed];
}

/** White space in front of what stands at `at`; undefined where something else does. */
export function indentOf(text: string, at: number): string | undefined {
  const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return before.trim() === '' ? before : undefined;
}

function commaBetween({ text, comments }: LaidOut, from: number, to: number): number | undefined {
  for (let at = text.indexOf(',', from); at >= 0 && at < to; at = text.indexOf(',', at + 1)) {
    if (!comments.some(({ start = 0, end = 0 }) => start <= at && at < end)) return at;
  }
  return undefined;
}
