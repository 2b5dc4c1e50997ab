/** Edits source text in memory, for tests. */
import { applyEdits } from '../init/source/edit.ts';
import { isProblem, loadParser, type ParsedSource } from '../init/source/parsed-source.ts';

const parse = await loadParser();

/** @throws where the text is no source: a test with a wrong example is wrong. */
export function parsed(text: string, path = 'a.ts'): ParsedSource {
  const source = parse(path, text);
  if (isProblem(source)) throw new Error(`line ${source.line}: ${source.problem}\n${text}`);
  return source;
}

/** The text after `edit`, which must be source again. */
export function edited(text: string, edit: (source: ParsedSource) => Parameters<typeof applyEdits>[1], path?: string) {
  const result = applyEdits(text, edit(parsed(text, path)));
  parsed(result, path);
  return result;
}
