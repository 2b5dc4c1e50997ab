/** Breaks text into lines of a terminal, under a hanging indent. */
import { stripVTControlCharacters } from 'node:util';

/**
 * `text` in lines of at most `width` columns. The first line begins with `first`, the others with as many blanks.
 * A word that is longer than a line stays whole: paths and addresses must be copied in one piece.
 */
export function wrap(text: string, width: number, first = ''): string[] {
  const indent = ' '.repeat(columns(first));
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(/\s+/).filter(part => part !== '')) {
    if (!empty && columns(line) + 1 + columns(word) > width) {
      lines.push(line);
      line = indent;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

/** Columns that a text takes, without its colours. */
export function columns(text: string): number {
  return stripVTControlCharacters(text).length;
}
