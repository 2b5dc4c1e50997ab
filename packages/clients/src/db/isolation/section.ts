/** What a configuration says about undoing tests on one database, and what is wrong with it. */
import { closestName } from '@quality-hub/protocol';
import type { AddressSource } from '../options.ts';
import type { Filling } from './filling.ts';
import { type IsolationStrategy, whyNoStrategy } from './strategy.ts';

export interface TemplateSection {
  /**
   * Fills the template, once: migrations, and the rows that every test begins with. Paths of SQL files begin at the folder of
   * the configuration.
   */
  readonly prepare: Filling;
  /**
   * What `prepare` makes, such as the number of the last migration: another key, another template. Needed for a function.
   * @default what the files hold
   */
  readonly key?: string;
  /**
   * PostgreSQL: copies that are kept ready for workers to come, so that these do not wait for one; they stay on the server
   * with the template. 0 to 8. @default 2
   */
  readonly spares?: number;
  /** What happens to the copy of a worker between two tests. @default 'clone': it is made anew */
  readonly between?: 'clone' | 'transaction' | 'truncate' | 'none';
  /**
   * A server, and a user who may create databases there; for SQLite, a folder.
   * @default `url`; for SQLite, a folder beside what the workers share
   */
  readonly server?: string | AddressSource;
}

export interface TruncateSection {
  /** Tables that stay as they are: those of the migrations, lists of countries. */
  readonly keep?: readonly string[];
  /** Fills the empty tables again. Paths of SQL files begin at the folder of the configuration. */
  readonly seed?: Filling;
}

export interface IsolationSection {
  /** How what a test wrote is undone after it. A test may choose another by `qhIsolation`. @default 'none' */
  readonly isolation?: IsolationStrategy;
  /** For the strategy `template`. */
  readonly template?: TemplateSection;
  /** For the strategy `truncate`, also between the tests on a copy. */
  readonly truncate?: TruncateSection;
}

const MOST_SPARES = 8;
const BETWEEN = ['clone', 'transaction', 'truncate', 'none'];
const NAMES = { template: ['prepare', 'key', 'between', 'server', 'spares'], truncate: ['keep', 'seed'] } as const;

/** Everything at once; empty where all is well. */
export function isolationProblems(section: IsolationSection): readonly string[] {
  const { isolation, template, truncate } = section;
  const problems: string[] = [];
  const why = isolation === undefined ? undefined : whyNoStrategy(isolation);
  if (why !== undefined) problems.push(`"isolation" ${why}`);
  if (isolation === 'template' && template === undefined) problems.push(NO_TEMPLATE);
  if (template !== undefined) problems.push(...templateProblems(template));
  if (truncate !== undefined) problems.push(...nameProblems('truncate', truncate));
  return problems;
}

export const NO_TEMPLATE = 'there is no section "template": expected template.prepare, SQL files or a function';

function templateProblems(template: TemplateSection): readonly string[] {
  const { prepare, key, between, spares = 0 } = template;
  const problems = [...nameProblems('template', template)];
  if (prepare === undefined) problems.push('"template.prepare" is missing: expected SQL files or a function');
  if (typeof prepare === 'function' && key === undefined)
    problems.push('"template.key" is missing: expected a text that changes with what the function "prepare" makes');
  if (!Number.isInteger(spares) || spares < 0 || spares > MOST_SPARES)
    problems.push(`"template.spares" is ${JSON.stringify(spares)}: expected a whole number from 0 to ${MOST_SPARES}`);
  if (between !== undefined && !BETWEEN.includes(between))
    problems.push(`"template.between" is ${JSON.stringify(between)}: expected one of ${BETWEEN.join(', ')}`);
  return problems;
}

function nameProblems(of: keyof typeof NAMES, given: object): readonly string[] {
  return Object.keys(given).flatMap(name => {
    const known: readonly string[] = NAMES[of];
    if (known.includes(name)) return [];
    const meant = closestName(name, known);
    return [`"${of}.${name}" is no option${meant ? `: did you mean "${of}.${meant}"?` : ''}`];
  });
}
