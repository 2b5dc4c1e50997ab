/** Holds a value against a schema, in the words of a record. */
import type { StandardSchema } from '@quality-hub/config';
import type { RecordProblem } from '../errors.ts';

export type Checked = { readonly value: unknown } | { readonly problems: readonly RecordProblem[] };

/** All that the schema does not take, or what it made of the value. */
export async function checkAgainst(schema: StandardSchema, value: unknown): Promise<Checked> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return { value: result.value };
  return {
    problems: result.issues.map(({ path = [], message }) => ({
      path: pathText(path.map(step => (typeof step === 'object' ? step.key : step))),
      message,
    })),
  };
}

/** `items[2].price` */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  );
}
