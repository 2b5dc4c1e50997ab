/** Puts a statement behind another one, or where a file's own statements begin. */
import type { Comment, Statement } from '@babel/types';
import { type Edit, insertion } from '../source/edit.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { quoted, type SourceStyle } from '../source/source-style.ts';

export interface ImportedName {
  readonly name: string;
  /** What the file calls it. */
  readonly local: string;
}

/** `import { … } from '…';` or its `require`, in the style of the file. */
export function importText(style: SourceStyle, names: readonly ImportedName[], from: string): string {
  const list = names.map(({ name, local }) => {
    if (name === local) return name;
    return style.imports ? `${name} as ${local}` : `${name}: ${local}`;
  });
  const bound = `{ ${list.join(', ')} }`;
  return style.imports
    ? `import ${bound} from ${quoted(from, style)}${style.semicolon}`
    : `const ${bound} = require(${quoted(from, style)})${style.semicolon}`;
}

/** On a line of its own, behind a comment that ends the line of `statement`. */
export function insertAfter({ text, comments, style }: ParsedSource, statement: Statement, added: string): Edit {
  const end = statement.end ?? 0;
  const lineEnd = endOfLine(text, end);
  const rest = comments.filter(({ start = 0 }) => start >= end && start < lineEnd);
  const onlyComments = blanked(text.slice(end, lineEnd), rest, end).trim() === '';
  const stays = onlyComments && rest.every(comment => (comment.end ?? 0) <= lineEnd);
  return insertion(stays ? lineEnd : end, `${style.eol}${added}`);
}

/** In front of the first statement and the comment that belongs to it; behind directives and a comment of the file. */
export function insertAtTop({ text, program, comments, style }: ParsedSource, added: string): Edit {
  const first = program.body[0];
  const at = first?.start ?? text.length;
  const own = comments.findLast(comment => comment.type === 'CommentBlock' && belongsTo(comment, at, text));
  return insertion(own?.start ?? at, `${added}${style.eol}`);
}

function belongsTo({ start = 0, end = 0 }: Comment, at: number, text: string): boolean {
  return end <= at && text.startsWith('/**', start) && /^[^\S\n]*\r?\n?[^\S\n]*$/.test(text.slice(end, at));
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' ? end - 1 : end;
}

function blanked(text: string, comments: readonly Comment[], offset: number): string {
  return comments.reduce((rest, { start = 0, end = 0 }) => {
    const [from, to] = [start - offset, Math.min(end - offset, rest.length)];
    return rest.slice(0, from) + ' '.repeat(to - from) + rest.slice(to);
  }, text);
}
