/** What the names of a file mean at its top level. */
import type { CallExpression, Expression, Node, Statement, VariableDeclarator } from '@babel/types';
import { everyNode, type ParsedSource } from '../source/parsed-source.ts';

/** The module that a top-level statement takes names from: `import … from`, or `const … = require()`. */
export function moduleOf(statement: Statement): string | undefined {
  if (statement.type === 'ImportDeclaration') return statement.source.value;
  if (statement.type !== 'VariableDeclaration') return undefined;
  return statement.declarations.map(({ init }) => requiredModule(init)).find(module => module !== undefined);
}

/** `'x'` of `require('x')`. */
export function requiredModule(node: Node | null | undefined): string | undefined {
  if (node?.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'require')
    return undefined;
  const [module] = node.arguments;
  return module?.type === 'StringLiteral' ? module.value : undefined;
}

/** The module that `name` is imported or required from, or undefined where the file has it from elsewhere. */
export function originOf({ program }: ParsedSource, name: string): string | undefined {
  return program.body
    .filter(statement =>
      statement.type === 'ImportDeclaration'
        ? statement.specifiers.some(({ local }) => local.name === name)
        : declarators(statement).some(({ id, init }) => requiredModule(init) !== undefined && binds(id, name)),
    )
    .map(moduleOf)
    .at(0);
}

/** The value a variable of the file keeps: declared once at the top level and never assigned again. */
export function keptValue({ program }: ParsedSource, name: string): Expression | undefined {
  const found = program.body
    .flatMap(declarators)
    .filter(({ id }) => id.type === 'Identifier' && id.name === name)
    .map(({ init }) => init);
  const assigned = [...everyNode(program)].some(
    node => node.type === 'AssignmentExpression' && node.left.type === 'Identifier' && node.left.name === name,
  );
  return found.length === 1 && !assigned ? (found[0] ?? undefined) : undefined;
}

/** What a function of the file returns, where that is one expression in one place. */
export function returnedValue({ program }: ParsedSource, { callee }: CallExpression): Expression | undefined {
  if (callee.type !== 'Identifier') return undefined;
  const made = program.body
    .map(statement => (statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement))
    .find(node => node?.type === 'FunctionDeclaration' && node.id?.name === callee.name);
  const value = made ?? keptValue({ program } as ParsedSource, callee.name);
  if (value?.type === 'ArrowFunctionExpression' && value.body.type !== 'BlockStatement') return value.body;
  if (!value || !('body' in value) || !value.body || !('type' in value.body)) return undefined;
  const returns = [...everyNode(value.body as Node)].filter(({ type }) => type === 'ReturnStatement');
  const [only] = returns;
  return returns.length === 1 && only?.type === 'ReturnStatement' ? (only.argument ?? undefined) : undefined;
}

/** True where `name` is more than the name of a member: an import of it would clash. */
export function isTaken({ program }: ParsedSource, name: string): boolean {
  const members = new Set<Node>();
  for (const node of everyNode(program)) {
    if (node.type === 'MemberExpression' && !node.computed) members.add(node.property);
    if (node.type === 'ObjectProperty' && !node.computed && !node.shorthand) members.add(node.key);
    if (node.type === 'Identifier' && node.name === name && !members.has(node)) return true;
  }
  return false;
}

export function declarators(statement: Statement): readonly VariableDeclarator[] {
  const own = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  return own?.type === 'VariableDeclaration' ? own.declarations : [];
}

function binds(pattern: Node, name: string): boolean {
  if (pattern.type === 'Identifier') return pattern.name === name;
  if (pattern.type !== 'ObjectPattern') return false;
  return pattern.properties.some(property => property.type === 'ObjectProperty' && binds(property.value, name));
}
