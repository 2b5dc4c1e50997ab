/** Checks a whole configuration with the schemas of the packages that own its sections. Only the runner does: schemas cost time. */
import type { HubConfig } from './define-hub.ts';

/** The part of a zod schema that is needed here. */
export interface SectionSchema {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } };
}

/** What zod says of one wrong value. */
export interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly code?: string;
  readonly keys?: readonly string[];
  /** The issues of each member of a union. */
  readonly errors?: readonly (readonly SchemaIssue[])[];
}

export type SectionSchemas = Readonly<Partial<Record<keyof HubConfig, SectionSchema>>>;

/** Every problem of every section: where, what was found, what was expected. */
export function checkSections(config: HubConfig, schemas: SectionSchemas): readonly string[] {
  const problems = Object.entries(schemas).flatMap(([section, schema]) => {
    const value = config[section as keyof HubConfig];
    if (value === undefined) return [];
    const result = schema.safeParse(value);
    return result.success ? [] : result.error.issues.flatMap(issue => problemsOf(issue, [section], value));
  });
  return [...new Set(problems)];
}

function problemsOf(issue: SchemaIssue, section: readonly PropertyKey[], value: unknown): string[] {
  const found = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
  const where = pathText([...section, ...issue.path]);
  if (issue.code === 'unrecognized_keys' && issue.keys) return issue.keys.map(key => `${where} has no option ${key}`);
  const nearest = nearestBranch(issue);
  if (nearest) return nearest.flatMap(inner => problemsOf(inner, [...section, ...issue.path], found));
  const expected = issue.message.replace(/^Invalid input: /, '').replace(/^./, first => first.toLowerCase());
  return [`${where} is ${show(found, issue.path.at(-1))}, ${expected}`];
}

/** Of a union, the member that comes furthest is the one that was meant. */
function nearestBranch({ errors }: SchemaIssue): readonly SchemaIssue[] | undefined {
  const deep = (errors ?? []).filter(issues => issues.length > 0 && issues.every(({ path }) => path.length > 0));
  return deep.toSorted((a, b) => a.length - b.length)[0];
}

/** `clients.default.retry[0]`. */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

/** A value for a message; never one whose name says that it is secret. */
function show(value: unknown, key: PropertyKey | undefined): string {
  if (/secret|password|token|key|url/i.test(String(key)) && typeof value === 'string') return 'set';
  if (value === undefined) return 'missing';
  const text = typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
