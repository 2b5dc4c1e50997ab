/** Adds the folder of the hub to a `.gitignore`. */
import { type Edit, insertion } from '../source/edit.ts';
import { eolOf } from '../source/source-style.ts';

/** @param text of the file, or undefined where there is none yet. */
export function editIgnoreFile(text: string | undefined): readonly Edit[] {
  if (text === undefined || text === '') return [insertion(0, '.quality-hub/\n')];
  const eol = eolOf(text);
  return [insertion(text.length, text.endsWith('\n') ? `.quality-hub/${eol}` : `${eol}.quality-hub/${eol}`)];
}

/** True where a line of the file already names the folder, wherever it lies. */
export function ignoresHub(text: string): boolean {
  return text.split(/\r?\n/).some(line => /^(\*\*)?\/?\.quality-hub\/?$/.test(line.trim()));
}
