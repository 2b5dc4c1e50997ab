/** Finds what a configuration file gives Playwright as `reporter`, through variables, wrappers and spreads. */
import type { AssignmentExpression, Expression, Node, ObjectExpression, ObjectProperty } from '@babel/types';
import { everyNode, lineOf, type ParsedSource } from '../source/parsed-source.ts';
import { keptValue, originOf, requiredModule, returnedValue } from './names-in-source.ts';

/** A configuration that another file makes. */
export interface Borrowed {
  /** Source text that names it, such as `base`. */
  readonly text: string;
  /** The module it comes from. */
  readonly from: string;
}

export type FoundReporter =
  | { readonly kind: 'property'; readonly property: ObjectProperty; readonly assignments: readonly Expression[] }
  | {
      readonly kind: 'absent';
      /** Where it can be added. */
      readonly object: ObjectExpression;
      /** What may bring one. */
      readonly borrowed?: Borrowed;
      readonly assignments: readonly Expression[];
    }
  | { readonly kind: 'borrowed'; readonly borrowed: Borrowed }
  | { readonly kind: 'unknown'; readonly line: number; readonly why: string };

/** One of the objects that make the configuration; later ones win. */
type Layer =
  | { readonly kind: 'object'; readonly object: ObjectExpression }
  | { readonly kind: 'borrowed'; readonly borrowed: Borrowed }
  | { readonly kind: 'unknown'; readonly line: number; readonly why: string };

export function findReporter(source: ParsedSource): FoundReporter {
  const exported = exportedValue(source);
  if (!exported) return { kind: 'unknown', line: 1, why: 'it exports no configuration' };
  if ('from' in exported) return { kind: 'borrowed', borrowed: exported };
  const names = new Set<string>();
  const layers = layersOf(source, exported, names);
  const assignments = reporterAssignments(source, names);
  for (const layer of layers.toReversed()) {
    if (layer.kind === 'unknown') return layer;
    if (layer.kind === 'borrowed') return absent(layers, layer.borrowed, assignments) ?? layer;
    const found = reporterIn(source, layer.object);
    if (found === undefined) continue;
    if (found.kind === 'unknown') return found;
    if (found.kind === 'borrowed')
      return { kind: 'absent', object: layer.object, borrowed: found.borrowed, assignments };
    return { ...found, assignments };
  }
  return absent(layers, undefined, assignments) ?? { kind: 'unknown', line: 1, why: 'it exports no configuration' };
}

function absent(
  layers: readonly Layer[],
  borrowed: Borrowed | undefined,
  assignments: readonly Expression[],
): FoundReporter | undefined {
  const last = layers.at(-1);
  if (last?.kind !== 'object') return undefined;
  return { kind: 'absent', object: last.object, ...(borrowed ? { borrowed } : {}), assignments };
}

/** Of `export default`, `export { … as default }`, `module.exports =` or `export =`. */
function exportedValue({ program }: ParsedSource): Expression | Borrowed | undefined {
  for (const statement of program.body.toReversed()) {
    if (statement.type === 'ExportNamedDeclaration') {
      const passed = statement.specifiers.find(({ exported }) => isNamed(exported, 'default'));
      if (passed && statement.source) return { text: 'default', from: statement.source.value };
      if (passed?.type === 'ExportSpecifier') return passed.local;
    }
    if (statement.type === 'ExportDefaultDeclaration') {
      const { declaration } = statement;
      return /Declaration$/.test(declaration.type) ? undefined : (declaration as Expression);
    }
    if (statement.type === 'TSExportAssignment') return statement.expression;
    if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression') continue;
    const { left, right } = statement.expression;
    if (isMember(left, 'module', 'exports') || isMember(left, 'exports', 'default')) return right;
  }
  return undefined;
}

/** @param names collects the names on the way: the configuration may be changed through them, and none is taken twice. */
function layersOf(source: ParsedSource, given: Expression, names: Set<string>): readonly Layer[] {
  const node = unwrapped(given);
  if (node.type === 'ObjectExpression') return [{ kind: 'object', object: node }];
  const borrowed = borrowedBy(source, node);
  if (borrowed) return [{ kind: 'borrowed', borrowed }];
  if (node.type === 'Identifier') {
    const value = names.has(node.name) ? undefined : keptValue(source, node.name);
    names.add(node.name);
    return value ? layersOf(source, value, names) : [unknown(source, node, 'is not one object of this file')];
  }
  if (node.type !== 'CallExpression') return [unknown(source, node, 'is not one object of this file')];
  const { callee } = node;
  const name = callee.type === 'MemberExpression' ? callee.property : callee;
  if (name.type === 'Identifier' && name.name === 'defineConfig') {
    return node.arguments.flatMap(argument =>
      argument.type === 'SpreadElement' || argument.type === 'ArgumentPlaceholder'
        ? [unknown(source, argument, 'can be anything')]
        : layersOf(source, argument, names),
    );
  }
  const returned = names.has(name.type === 'Identifier' ? name.name : '') ? undefined : returnedValue(source, node);
  if (name.type === 'Identifier') names.add(name.name);
  return returned ? layersOf(source, returned, names) : [unknown(source, node, 'is made elsewhere')];
}

/** `reporter` of one object, or what stands in it and may bring one. The last word in an object wins. */
function reporterIn(
  source: ParsedSource,
  object: ObjectExpression,
): Extract<Layer, { kind: 'borrowed' | 'unknown' }> | { kind: 'property'; property: ObjectProperty } | undefined {
  let behind: Extract<Layer, { kind: 'borrowed' | 'unknown' }> | undefined;
  for (const member of object.properties.toReversed()) {
    if (member.type === 'SpreadElement') {
      const brought = broughtBy(source, member.argument);
      if (brought && behind) return unknown(source, member, 'is one of several that may bring a reporter');
      behind ??= brought;
    } else if (isNamed(member.key, 'reporter') && !member.computed) {
      if (behind) return unknown(source, member, 'may be replaced by what is spread behind it');
      if (member.type === 'ObjectProperty') return { kind: 'property', property: member };
      return unknown(source, member, 'is a method');
    } else if (member.computed) {
      return unknown(source, member, 'has a name that is computed');
    }
  }
  return behind;
}

/** What a spread may bring as `reporter`; undefined where it cannot bring any. */
function broughtBy(
  source: ParsedSource,
  given: Expression,
): Extract<Layer, { kind: 'borrowed' | 'unknown' }> | undefined {
  const node = unwrapped(given);
  const borrowed = borrowedBy(source, node);
  if (borrowed) return { kind: 'borrowed', borrowed };
  if (node.type === 'ConditionalExpression') {
    const either = broughtBy(source, node.consequent) ?? broughtBy(source, node.alternate);
    return either && unknown(source, node, 'may bring a reporter');
  }
  if (node.type === 'LogicalExpression') {
    return broughtBy(source, node.right) && unknown(source, node, 'may bring a reporter');
  }
  if (node.type === 'ObjectExpression') {
    return reporterIn(source, node) && unknown(source, node, 'may bring a reporter');
  }
  if (node.type === 'Identifier') {
    if (node.name === 'undefined') return undefined;
    const value = keptValue(source, node.name);
    if (value && unwrapped(value).type === 'ObjectExpression') {
      return broughtBy(source, value) && { kind: 'borrowed', borrowed: { text: node.name, from: '' } };
    }
  }
  const isDevice = node.type === 'MemberExpression' && isNamed(node.object, 'devices');
  return isDevice || /Literal$/.test(node.type) ? undefined : unknown(source, node, 'may bring a reporter');
}

/** What another module gives: a name that is imported, or `require('…')` in its place. */
function borrowedBy(source: ParsedSource, node: Expression): Borrowed | undefined {
  const from = node.type === 'Identifier' ? originOf(source, node.name) : requiredModule(node);
  return from === undefined ? undefined : { text: source.text.slice(node.start ?? 0, node.end ?? 0), from };
}

/** Right sides of `config.reporter = …`. */
function reporterAssignments({ program }: ParsedSource, names: ReadonlySet<string>): Expression[] {
  return [...everyNode(program)]
    .filter((node): node is AssignmentExpression => node.type === 'AssignmentExpression' && node.operator === '=')
    .filter(({ left }) => [...names].some(name => isMember(left, name, 'reporter')))
    .map(({ right }) => right);
}

/** Without the words around a value that change nothing at run time. */
function unwrapped(node: Expression): Expression {
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'ParenthesizedExpression':
      return unwrapped(node.expression);
    case 'AwaitExpression':
      return unwrapped(node.argument);
    default:
      return node;
  }
}

function unknown({ text }: ParsedSource, node: Node, what: string): Extract<Layer, { kind: 'unknown' }> {
  const own = text.slice(node.start ?? 0, node.end ?? 0).split(/\r?\n/, 1)[0] ?? '';
  const shown = own.length > 60 ? `${own.slice(0, 59)}…` : own;
  return { kind: 'unknown', line: lineOf(node), why: `\`${shown}\` ${what}` };
}

function isMember(node: Node, object: string, property: string): boolean {
  return node.type === 'MemberExpression' && isNamed(node.object, object) && isNamed(node.property, property);
}

function isNamed(node: Node, name: string): boolean {
  return (node.type === 'Identifier' && node.name === name) || (node.type === 'StringLiteral' && node.value === name);
}
