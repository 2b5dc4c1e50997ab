/** Checks a whole configuration with the schemas of the packages that own its sections. Only the runner does: schemas cost time. */
import type { ConfigPath } from './config-path.ts';
import type { HubConfig } from './define-hub.ts';
import { problemsOf, type SchemaIssue } from './schema/problem-words.ts';
import type { SchemaNode } from './schema/schema-node.ts';

/** The part of a zod schema that is needed here. */
export interface SectionSchema {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } };
}

export type SectionSchemas = Readonly<Partial<Record<keyof HubConfig, SectionSchema>>>;

export interface SectionWords {
  readonly nodes?: Readonly<Record<string, SchemaNode | undefined>>;
  readonly sourceOf?: (path: ConfigPath) => string;
}

/** Every problem of every section: where, what was found, what was expected. */
export function checkSections(
  config: HubConfig,
  schemas: SectionSchemas,
  { nodes = {}, sourceOf = () => '' }: SectionWords = {},
): readonly string[] {
  const problems = Object.entries(schemas).flatMap(([section, schema]) => {
    const value = config[section as keyof HubConfig];
    if (value === undefined) return [];
    const result = schema.safeParse(value);
    if (result.success) return [];
    return result.error.issues.flatMap(issue =>
      problemsOf(issue, [section], value, { node: nodes[section], sourceOf }),
    );
  });
  return [...new Set(problems)];
}
