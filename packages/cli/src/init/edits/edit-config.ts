/** Puts our reporter into a Playwright configuration: what it names stays, inside `reporters(…)`. */
import type { Expression, Statement } from '@babel/types';
import { type Edit, insertion } from '../source/edit.ts';
import { everyNode, lineOf, type ParsedSource } from '../source/parsed-source.ts';
import { quoted } from '../source/source-style.ts';
import { type Borrowed, findReporter } from './find-reporter.ts';
import { appendProperty } from './insert-property.ts';
import { importText, insertAfter, insertAtTop } from './insert-statement.ts';
import { isTaken, moduleOf } from './names-in-source.ts';

const REPORTERS = '@quality-hub/reporters';
export const REPORTERS_CONFIG = `${REPORTERS}/config`;

export interface ConfigOptions {
  /** Name of the suite in the hub; needed where there are several. */
  readonly project?: string;
  /** True where the module that makes the configuration has our reporter, or gets it now. */
  readonly hasOurs: (module: string) => boolean;
}

export type ConfigEdit =
  | { readonly kind: 'change'; readonly edits: readonly Edit[] }
  | { readonly kind: 'set-up' }
  | { readonly kind: 'inherits'; readonly from: string }
  | { readonly kind: 'component-tests' }
  | { readonly kind: 'by-hand'; readonly line: number; readonly why: string };

export function editConfig(source: ParsedSource, { project, hasOurs }: ConfigOptions): ConfigEdit {
  const literals = [...everyNode(source.program)].flatMap(node => (node.type === 'StringLiteral' ? [node.value] : []));
  if (literals.some(text => text.startsWith('@playwright/experimental-ct-'))) return { kind: 'component-tests' };
  if (literals.some(isOurs)) return { kind: 'set-up' };
  const found = findReporter(source);
  if (found.kind === 'unknown') return { kind: 'by-hand', line: found.line, why: found.why };
  const borrowed = 'borrowed' in found ? found.borrowed : undefined;
  if (borrowed && borrowed.from !== '' && hasOurs(borrowed.from)) return { kind: 'inherits', from: borrowed.from };
  if (found.kind === 'borrowed') {
    return { kind: 'by-hand', line: 1, why: `its configuration is the one of ${found.borrowed.from}` };
  }

  const local = isTaken(source, 'reporters') ? 'qualityHubReporters' : 'reporters';
  const options = project === undefined ? undefined : `{ project: ${quoted(project, source.style)} }`;
  const values = [...found.assignments, ...(found.kind === 'property' ? [found.property.value as Expression] : [])];
  const wrong = values.find(isNothing);
  if (wrong) return { kind: 'by-hand', line: lineOf(wrong), why: 'its reporter can be null' };
  const shorthand = found.kind === 'property' && found.property.shorthand ? found.property.value : undefined;
  const edits = values.flatMap(value =>
    wrap(value, value === shorthand ? `reporter: ${local}(` : `${local}(`, options),
  );
  if (found.kind === 'absent') {
    const call = `${local}(${[before(source, borrowed, options), options].filter(Boolean).join(', ')})`;
    edits.push(...appendProperty(source, found.object, `reporter: ${call}`));
  }
  return { kind: 'change', edits: [...edits, importEdit(source, local)] };
}

export function isOurs(module: string): boolean {
  return module === REPORTERS || module.startsWith(`${REPORTERS}/`);
}

/** What was reported with before, as the argument; nothing where that is the default of `reporters()`. */
function before(source: ParsedSource, borrowed: Borrowed | undefined, options: string | undefined): string | undefined {
  if (borrowed) return `${borrowed.text}.reporter`;
  return options && `process.env.CI ? ${quoted('dot', source.style)} : ${quoted('list', source.style)}`;
}

function wrap({ start, end }: Expression, opening: string, options: string | undefined): Edit[] {
  return [insertion(start ?? 0, opening), insertion(end ?? 0, `${options ? `, ${options}` : ''})`)];
}

function importEdit(source: ParsedSource, local: string): Edit {
  const text = importText(source.style, [{ name: 'reporters', local }], REPORTERS_CONFIG);
  const naming = source.program.body.filter(statement => moduleOf(statement) !== undefined);
  const neighbour: Statement | undefined =
    naming.find(statement => moduleOf(statement) === '@playwright/test') ?? naming.at(-1);
  return neighbour ? insertAfter(source, neighbour, text) : insertAtTop(source, text);
}

/** Playwright refuses `null`; where it may be meant, only its writer knows what for. */
function isNothing(node: Expression): boolean {
  if (node.type === 'ConditionalExpression') return isNothing(node.consequent) || isNothing(node.alternate);
  return node.type === 'NullLiteral';
}
