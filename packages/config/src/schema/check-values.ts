/** Checks the suite's own values with its schema, and fills in what the schema gives by default. */
import { isTree } from '../config-path.ts';
import { droppedNames, type ProblemWords, problemsOf } from './problem-words.ts';
import { schemaNodeOf } from './schema-node.ts';
import type { StandardSchema } from './standard-schema.ts';

export interface CheckedValues {
  /** As the schema gives them: with defaults, and transformed. As they were where there is a problem. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

/** Without a schema all values are right. */
export async function checkValues(
  values: Readonly<Record<string, unknown>>,
  schema: StandardSchema | undefined,
  words: ProblemWords = {},
): Promise<CheckedValues> {
  if (schema === undefined) return { values, problems: [] };
  const node = await schemaNodeOf(schema);
  const said = { ...words, node };
  const result = await schema['~standard'].validate(values);
  const dropped = node === undefined ? [] : droppedNames(node, values, said);
  if (result.issues) {
    const problems = result.issues.flatMap(issue => problemsOf(issue, [], values, said));
    return { values, problems: [...new Set([...problems, ...dropped])] };
  }
  if (!isTree(result.value)) return { values, problems: ['the schema gives no object, expected z.object({ … })'] };
  return { values: result.value, problems: dropped };
}
