/** Lets a file take `test` and `expect` from us; what only Playwright has stays imported from there. */
import type { ImportDeclaration, Node, ObjectPattern, Statement, VariableDeclaration } from '@babel/types';
import type { Edit } from '../source/edit.ts';
import { everyNode, lineOf, type ParsedSource } from '../source/parsed-source.ts';
import { quoted, type SourceStyle } from '../source/source-style.ts';
import { type ImportedName, importText, insertAfter } from './insert-statement.ts';
import { requiredModule } from './names-in-source.ts';

export const PLAYWRIGHT = '@playwright/test';
export const OUR_TEST = '@quality-hub/test';

/** The values that `@quality-hub/test` exports under the names that Playwright has for them. */
export const OUR_NAMES: readonly string[] = ['test', 'expect'];

export interface ImportsEdit {
  readonly edits: readonly Edit[];
  /** Places that only the writer of the file can change. */
  readonly byHand: readonly { readonly line: number; readonly why: string }[];
}

/** A list of names in braces that are taken from Playwright. */
interface NameList {
  readonly statement: Statement;
  /** The literal `'@playwright/test'`. */
  readonly module: Node;
  readonly names: readonly (ImportedName & { readonly node: Node; readonly value: boolean })[];
  readonly statementOf: (style: SourceStyle, names: readonly ImportedName[]) => string;
}

export function editImports(source: ParsedSource): ImportsEdit {
  const edits: Edit[] = [];
  const byHand: { line: number; why: string }[] = [];
  const lists: Node[] = [];
  for (const statement of source.program.body) {
    const list = nameListOf(statement);
    if (list === undefined) continue;
    lists.push(list.module);
    const moving = list.names.filter(({ name, value }) => value && OUR_NAMES.includes(name));
    if (!moving.some(({ name }) => name === 'test')) continue;
    if (moving.length === list.names.length) {
      const { start, end } = list.module;
      edits.push({ start: start ?? 0, end: end ?? 0, text: quoted(OUR_TEST, quoteAt(source, list.module)) });
    } else if (hasComment(source, list)) {
      byHand.push({ line: lineOf(statement), why: 'there are comments between the names' });
    } else {
      edits.push(...withoutNames(list, moving));
      edits.push(insertAfter(source, statement, list.statementOf(source.style, moving)));
    }
  }
  return { edits, byHand: [...byHand, ...otherUses(source, lists)] };
}

/** Ways to `test` that no list of names shows. */
function otherUses(source: ParsedSource, lists: readonly Node[]): { line: number; why: string }[] {
  const found: { line: number; why: string }[] = [];
  const whole = new Set<string>();
  for (const node of everyNode(source.program)) {
    if (node.type === 'ImportDeclaration' && node.source.value === PLAYWRIGHT && node.importKind !== 'type') {
      for (const { type, local } of node.specifiers) {
        if (type === 'ImportDefaultSpecifier')
          found.push({ line: lineOf(node), why: `\`${local.name}\` is the default export, which is \`test\`` });
        if (type === 'ImportNamespaceSpecifier') whole.add(local.name);
      }
    }
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && requiredModule(node.init) === PLAYWRIGHT)
      whole.add(node.id.name);
    if (node.type === 'ExportAllDeclaration' && node.source.value === PLAYWRIGHT && !exportsTest(source))
      found.push({ line: lineOf(node), why: '`export *` passes on the `test` of Playwright' });
    if (node.type === 'MemberExpression' && isNamedTest(node.property) && !node.computed) {
      const { object } = node;
      const taken = object.type === 'Identifier' ? whole.has(object.name) : requiredModule(object) === PLAYWRIGHT;
      if (taken) found.push({ line: lineOf(node), why: `\`${textOf(source, node)}\` is the \`test\` of Playwright` });
    }
    if (node.type === 'ObjectPattern' && node.properties.some(p => p.type === 'ObjectProperty' && isNamedTest(p.key))) {
      const module = loadedBy(source, node);
      if (module && !lists.includes(module))
        found.push({ line: lineOf(node), why: '`test` is taken from Playwright here' });
    }
  }
  return found;
}

function nameListOf(statement: Statement): NameList | undefined {
  if (statement.type === 'ImportDeclaration') return importList(statement);
  if (statement.type === 'ExportNamedDeclaration' && statement.source?.value === PLAYWRIGHT) {
    const names = statement.specifiers.flatMap(node => {
      if (node.type !== 'ExportSpecifier') return [];
      const local = node.exported.type === 'Identifier' ? node.exported.name : quoted(node.exported.value, SINGLE);
      const value = statement.exportKind !== 'type' && node.exportKind !== 'type';
      return [{ node, name: node.local.name, local, value }];
    });
    const statementOf: NameList['statementOf'] = (style, moved) =>
      importText({ ...style, imports: true }, moved, OUR_TEST).replace(/^import/, 'export');
    return { statement, module: statement.source, names, statementOf };
  }
  return statement.type === 'VariableDeclaration' ? requireList(statement) : undefined;
}

function importList(statement: ImportDeclaration): NameList | undefined {
  const { source, specifiers, importKind } = statement;
  const named = specifiers.filter(node => node.type === 'ImportSpecifier');
  if (source.value !== PLAYWRIGHT || named.length !== specifiers.length) return undefined;
  const names = named.map(node => ({
    node,
    name: node.imported.type === 'Identifier' ? node.imported.name : node.imported.value,
    local: node.local.name,
    value: importKind !== 'type' && node.importKind !== 'type',
  }));
  const statementOf: NameList['statementOf'] = (style, moved) =>
    importText({ ...style, imports: true }, moved, OUR_TEST);
  return { statement, module: source, names, statementOf };
}

/** `const { test, expect: check } = require('@playwright/test')`, and nothing more in it. */
function requireList(statement: VariableDeclaration): NameList | undefined {
  const [only, ...more] = statement.declarations;
  if (only?.init?.type !== 'CallExpression' || requiredModule(only.init) !== PLAYWRIGHT || more.length > 0) return;
  const module = only.init.arguments[0];
  if (only.id.type !== 'ObjectPattern' || !module) return undefined;
  const names = only.id.properties.flatMap(node =>
    node.type === 'ObjectProperty' && node.key.type === 'Identifier' && node.value.type === 'Identifier'
      ? [{ node, name: node.key.name, local: node.value.name, value: true }]
      : [],
  );
  if (names.length !== only.id.properties.length) return undefined;
  const statementOf: NameList['statementOf'] = (style, moved) =>
    importText({ ...style, imports: false }, moved, OUR_TEST).replace(/^const/, statement.kind);
  return { statement, module, names, statementOf };
}

/** Takes names out of a list, each with its comma and the white space to the next one. */
function withoutNames({ names }: NameList, leaving: readonly { readonly node: Node }[]): Edit[] {
  const leaves = (node: Node): boolean => leaving.some(each => each.node === node);
  const staying = names.filter(({ node }) => !leaves(node));
  const lastStaying = staying.at(-1)?.node;
  return names.flatMap(({ node }, index): Edit[] => {
    if (!leaves(node)) return [];
    const next = names[index + 1]?.node;
    const behindAll = (lastStaying?.end ?? 0) < (node.start ?? 0);
    if (!behindAll) return [{ start: node.start ?? 0, end: next?.start ?? 0, text: '' }];
    return [{ start: names[index - 1]?.node.end ?? 0, end: node.end ?? 0, text: '' }];
  });
}

function hasComment({ comments }: ParsedSource, { names }: NameList): boolean {
  const from = names[0]?.node.start ?? 0;
  const to = names.at(-1)?.node.end ?? 0;
  return comments.some(({ start = 0 }) => start >= from && start < to);
}

function exportsTest({ program }: ParsedSource): boolean {
  return program.body.some(statement => {
    if (statement.type !== 'ExportNamedDeclaration') return false;
    const declared = statement.declaration?.type === 'VariableDeclaration' ? statement.declaration.declarations : [];
    return (
      declared.some(({ id }) => isNamedTest(id)) ||
      statement.specifiers.some(specifier => isNamedTest(specifier.exported))
    );
  });
}

/** The literal `'@playwright/test'` whose module is taken apart by `pattern`, by `require` or `await import()`. */
function loadedBy({ program }: ParsedSource, pattern: ObjectPattern): Node | undefined {
  for (const node of everyNode(program)) {
    if (node.type !== 'VariableDeclarator' || node.id !== pattern) continue;
    const init = node.init?.type === 'AwaitExpression' ? node.init.argument : node.init;
    if (init?.type !== 'CallExpression') return undefined;
    const module = init.arguments[0];
    const loads = init.callee.type === 'Import' || requiredModule(init) !== undefined;
    return loads && module?.type === 'StringLiteral' && module.value === PLAYWRIGHT ? module : undefined;
  }
  return undefined;
}

function isNamedTest(node: Node): boolean {
  return node.type === 'Identifier' && node.name === 'test';
}

function quoteAt({ text }: ParsedSource, { start }: Node): Pick<SourceStyle, 'quote'> {
  return text[start ?? 0] === '"' ? { quote: '"' } : SINGLE;
}

function textOf({ text }: ParsedSource, { start, end }: Node): string {
  return text.slice(start ?? 0, end ?? 0);
}

const SINGLE = { quote: "'" } as const;
