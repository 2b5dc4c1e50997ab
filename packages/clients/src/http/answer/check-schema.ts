/** Holds an answer against a Standard Schema, and says where it differs. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { HttpSchemaError, type SchemaProblem } from '../errors.ts';

const SHOWN = 5;
const LONGEST_VALUE = 120;

/**
 * @param mask Takes secrets out of the values that the error shows.
 * @throws {HttpSchemaError} with the path and the value of each problem (`QH_HTTP_SCHEMA`).
 */
export async function checkSchema<Schema extends StandardSchemaV1>(
  doing: string,
  schema: Schema,
  value: unknown,
  mask: { deep<T>(value: T): T; text(text: string): string },
): Promise<StandardSchemaV1.InferOutput<Schema>> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return result.value as StandardSchemaV1.InferOutput<Schema>;
  // Masked as a whole: whether a value is secret may stand in the key above it.
  const masked = mask.deep(value);
  const problems = result.issues.map(issue => problemOf(issue, masked, mask));
  const shown = problems
    .slice(0, SHOWN)
    .map(({ path, message, value: at }) => `${path || 'the whole'}: ${message}, found ${at}`);
  const more = problems.length > SHOWN ? `; and ${problems.length - SHOWN} more` : '';
  throw new HttpSchemaError(`The answer to ${doing} is not what its schema says. ${shown.join('; ')}${more}`, problems);
}

function problemOf(
  issue: StandardSchemaV1.Issue,
  masked: unknown,
  mask: { text(text: string): string },
): SchemaProblem {
  const keys = (issue.path ?? []).map(segment => (typeof segment === 'object' ? segment.key : segment));
  let at: unknown = masked;
  for (const key of keys) {
    at = typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined;
  }
  return { path: pathText(keys), message: mask.text(issue.message), value: shortText(at) };
}

function pathText(keys: readonly PropertyKey[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number' || /^\d+$/.test(String(key))) return `${path}[${String(key)}]`;
    return path === '' ? String(key) : `${path}.${String(key)}`;
  }, '');
}

function shortText(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
