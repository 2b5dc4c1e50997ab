/** A unified diff, made from the edits themselves: it shows exactly what will be written. */
import { applyEdits, type Edit, inOrder } from './edit.ts';

const CONTEXT = 3;

/** Lines from `start` up to, not including, `end`, and what stands there afterwards. */
interface Region {
  start: number;
  end: number;
  after: readonly string[];
}

/** Lines of the diff without the end of line each gets. A `before` of undefined is a file that is not there yet. */
export function lineDiff(path: string, before: string | undefined, edits: readonly Edit[]): string[] {
  const lines = splitLines(before ?? '');
  const hunks: Region[][] = [];
  for (const region of changedRegions(before ?? '', lines, edits)) {
    const last = hunks.at(-1);
    if (last && region.start - (last.at(-1)?.end ?? 0) <= 2 * CONTEXT) last.push(region);
    else hunks.push([region]);
  }
  let shift = 0;
  const result = [before === undefined ? '--- /dev/null' : `--- a/${path}`, `+++ b/${path}`];
  for (const hunk of hunks) {
    const from = Math.max(0, (hunk[0]?.start ?? 0) - CONTEXT);
    const to = Math.min(lines.length, (hunk.at(-1)?.end ?? 0) + CONTEXT);
    const grown = hunk.reduce((sum, { start, end, after }) => sum + after.length - (end - start), 0);
    result.push(`@@ -${range(from, to - from)} +${range(from + shift, to - from + grown)} @@`);
    let at = from;
    for (const { start, end, after } of hunk) {
      result.push(...marked(' ', lines.slice(at, start)));
      result.push(...marked('-', lines.slice(start, end)), ...marked('+', after));
      at = end;
    }
    result.push(...marked(' ', lines.slice(at, to)));
    shift += grown;
  }
  return result;
}

/** The lines that edits touch, without those that are the same afterwards. */
function changedRegions(text: string, lines: readonly string[], edits: readonly Edit[]): Region[] {
  const starts = lineStarts(lines);
  const touched: { start: number; end: number; edits: Edit[] }[] = [];
  for (const edit of inOrder(edits)) {
    const start = lineAt(starts, edit.start);
    const end = Math.min(lines.length, lineAt(starts, Math.max(edit.start, edit.end - 1)) + 1);
    const last = touched.at(-1);
    if (last && start < last.end) {
      last.end = Math.max(last.end, end);
      last.edits.push(edit);
    } else touched.push({ start, end: Math.max(start, end), edits: [edit] });
  }
  return touched.map(({ start, end, edits: own }) => {
    const offset = starts[start] ?? text.length;
    const moved = own.map(edit => ({ ...edit, start: edit.start - offset, end: edit.end - offset }));
    const after = splitLines(applyEdits(text.slice(offset, starts[end] ?? text.length), moved));
    return trimmed({ start, end, after }, lines);
  });
}

function trimmed({ start, end, after }: Region, lines: readonly string[]): Region {
  let first = 0;
  while (start + first < end && first < after.length && lines[start + first] === after[first]) first++;
  let last = 0;
  while (start + first < end - last && first < after.length - last && lines[end - 1 - last] === after.at(-1 - last))
    last++;
  return { start: start + first, end: end - last, after: after.slice(first, after.length - last) };
}

/** Lines with their ends; the last one may have none. */
function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function lineStarts(lines: readonly string[]): number[] {
  let at = 0;
  return lines.map(line => {
    const start = at;
    at += line.length;
    return start;
  });
}

/** The line a place is in. The place behind the last line end is the line after the last. */
function lineAt(starts: readonly number[], place: number): number {
  return Math.max(
    0,
    starts.findLastIndex(start => start <= place),
  );
}

function marked(mark: string, lines: readonly string[]): string[] {
  return lines.flatMap(line =>
    line.endsWith('\n') ? [mark + line.slice(0, -1)] : [mark + line, '\\ No newline at end of file'],
  );
}

/** A count of nothing stands behind the line before. */
function range(from: number, count: number): string {
  return count === 0 ? `${from},0` : `${from + 1},${count}`;
}
