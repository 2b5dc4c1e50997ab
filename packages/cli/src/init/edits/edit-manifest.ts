/** Adds our packages to a `package.json`, beside Playwright and in its layout. */
import type { ObjectExpression, ObjectProperty } from '@babel/types';
import { type Edit, insertion } from '../source/edit.ts';
import { isProblem, type ParseSource } from '../source/parsed-source.ts';
import { PLAYWRIGHT } from './edit-imports.ts';
import { appendProperty, indentOf } from './insert-property.ts';

export interface ManifestEdit {
  readonly edits: readonly Edit[];
  /** Why nothing can be added. */
  readonly byHand?: string;
}

/** @param version of our packages; pinned where Playwright is. */
export function editManifest(
  parse: ParseSource,
  text: string,
  packages: readonly string[],
  version: string,
): ManifestEdit {
  // JSON is read as what it also is, an expression of JavaScript: that tells the place of everything in it.
  const start = text.startsWith('\uFEFF') ? 1 : 0;
  const parsed = parse('package.js', `${text.slice(0, start)}(${text.slice(start)})`);
  if (isProblem(parsed)) return { edits: [], byHand: `it is no JSON (line ${parsed.line})` };
  const [statement] = parsed.program.body;
  const wrapped = statement?.type === 'ExpressionStatement' ? statement.expression : undefined;
  const root = wrapped?.type === 'ParenthesizedExpression' ? wrapped.expression : undefined;
  if (root?.type !== 'ObjectExpression') return { edits: [], byHand: 'it is no JSON object' };

  const sections = ['dependencies', 'devDependencies', 'peerDependencies'].map(name => sectionOf(root, name));
  const present = new Set(sections.flatMap(section => (section ? section.properties.map(keyOf) : [])));
  const missing = packages.filter(name => !present.has(name));
  if (missing.length === 0) return { edits: [] };
  const beside = sections.slice(0, 2).find(section => section?.properties.some(each => keyOf(each) === PLAYWRIGHT));
  const section = beside ?? sectionOf(root, 'devDependencies');
  const asked = section?.properties.find(each => keyOf(each) === PLAYWRIGHT) as ObjectProperty | undefined;
  const pinned = asked?.value.type === 'StringLiteral' && /^\d/.test(asked.value.value);
  const entries = missing.map(name => `"${name}": "${pinned ? '' : '^'}${version}"`);
  const edits = section
    ? addEntries(parsed, section, entries)
    : appendProperty(parsed, root, newSection(parsed.text, root, entries, parsed.style.eol));
  // The bracket in front is not in the file.
  return { edits: edits.map(edit => ({ ...edit, start: edit.start - 1, end: edit.end - 1 })) };
}

/** Sorted in, as every package manager does; behind all others where none sorts behind. */
function addEntries(
  source: Parameters<typeof appendProperty>[0],
  section: ObjectExpression,
  entries: readonly string[],
): Edit[] {
  const next = section.properties.find(each => keyOf(each) > '@quality-hub/test');
  const indent = indentOf(source.text, (section.properties[0] ?? section).start ?? 0);
  const between = indent === undefined ? ', ' : `,${source.style.eol}${indent}`;
  if (next) return [insertion(next.start ?? 0, entries.map(entry => entry + between).join(''))];
  return appendProperty(source, section, entries.join(between));
}

function newSection(text: string, root: ObjectExpression, entries: readonly string[], eol: string): string {
  const indent = indentOf(text, root.properties[0]?.start ?? 0);
  if (indent === undefined) return `"devDependencies": { ${entries.join(', ')} }`;
  const lines = entries.map(entry => `${indent}${indent}${entry}`).join(`,${eol}`);
  return `"devDependencies": {${eol}${lines}${eol}${indent}}`;
}

function sectionOf(root: ObjectExpression, name: string): ObjectExpression | undefined {
  const found = root.properties.find(each => keyOf(each) === name);
  return found?.type === 'ObjectProperty' && found.value.type === 'ObjectExpression' ? found.value : undefined;
}

function keyOf(property: ObjectExpression['properties'][number]): string {
  return property.type === 'ObjectProperty' && property.key.type === 'StringLiteral' ? property.key.value : '';
}
