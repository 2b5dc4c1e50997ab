/** What a schema finds wrong, in our words: where, which value, what was expected, whose it is, what was meant. */
import { closestName } from '@quality-hub/protocol';
import { type ConfigPath, isTree, pathText, valueAt } from '../config-path.ts';
import { nameOfSecret } from '../secret-reference.ts';
import { namesAt, type SchemaNode } from './schema-node.ts';

/** What zod says of one wrong value; other schemas say the first two. */
export interface SchemaIssue {
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly message: string;
  readonly code?: string;
  readonly keys?: readonly string[];
  /** The issues of each member of a union. */
  readonly errors?: readonly (readonly SchemaIssue[])[];
}

export interface ProblemWords {
  /** What the schema knows, to name the key that was meant. */
  readonly node?: SchemaNode | undefined;
  /** Where the value at a place is from, such as ` (QH__shop__baseURL)`; empty where that goes without saying. */
  readonly sourceOf?: (path: ConfigPath) => string;
}

/** @param at Where `value`, which was checked, stands. */
export function problemsOf(issue: SchemaIssue, at: ConfigPath, value: unknown, words: ProblemWords): readonly string[] {
  const inside = (issue.path ?? []).map(key => (typeof key === 'object' ? key.key : key));
  const path = [...at, ...inside];
  const found = valueAt(value, inside);
  const { node, sourceOf = () => '' } = words;
  if (issue.code === 'unrecognized_keys' && issue.keys) {
    return issue.keys.map(
      key => `${noOption(path, key, node && namesAt(node, inside)?.names)}${sourceOf([...path, key])}`,
    );
  }
  const nearest = nearestBranch(issue);
  if (nearest) {
    // The issues of a member are told from where the union stands.
    return nearest.flatMap(inner =>
      problemsOf({ ...inner, path: [...inside, ...(inner.path ?? [])] }, at, value, words),
    );
  }
  const expected = issue.message.replace(/^Invalid input: /, '').replace(/^./, first => first.toLowerCase());
  return [`${pathText(path)} is ${shownValue(found, path.at(-1))}, ${expected}${sourceOf(path)}`];
}

/** Names that a schema would drop without a word: zod's `z.object` does. */
export function droppedNames(
  node: SchemaNode,
  value: unknown,
  words: ProblemWords,
  path: ConfigPath = [],
): readonly string[] {
  if (!isTree(value)) return [];
  const known = namesAt(node, path);
  return Object.entries(value).flatMap(([key, inner]) => {
    if (known && !known.open && !known.names.includes(key)) {
      return [`${noOption(path, key, known.names)}${words.sourceOf?.([...path, key]) ?? ''}`];
    }
    return droppedNames(node, inner, words, [...path, key]);
  });
}

const HIDDEN = /secret|pass|token|key|url|auth|credential/i;

/** A value for a message; never one whose name, or a name inside of it, says that it is secret. */
export function shownValue(value: unknown, key: PropertyKey | undefined): string {
  const secret = nameOfSecret(value);
  if (secret !== undefined) return `secret('${secret}')`;
  if (value === undefined) return 'missing';
  if (typeof value === 'function') return 'a function';
  if (isHidden(String(key ?? ''), value)) return 'set';
  const hide = (name: string, inner: unknown): unknown => (isHidden(name, inner) ? '[masked]' : inner);
  const text = JSON.stringify(value, hide) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function isHidden(name: string, value: unknown): boolean {
  return HIDDEN.test(name) && (typeof value === 'string' || Array.isArray(value));
}

function noOption(path: ConfigPath, key: string, names: readonly string[] = []): string {
  const close = closestName(key, names);
  const meant = close === undefined ? '' : `; did you mean ${close}?`;
  return path.length === 0 ? `there is no value ${key}${meant}` : `${pathText(path)} has no option ${key}${meant}`;
}

/** Of a union, the member that comes furthest is the one that was meant: what is wrong with it lies inside of it. */
function nearestBranch({ errors }: SchemaIssue): readonly SchemaIssue[] | undefined {
  const isInside = ({ path, code }: SchemaIssue): boolean => (path?.length ?? 0) > 0 || code === 'unrecognized_keys';
  const inside = (errors ?? []).filter(issues => issues.length > 0 && issues.every(isInside));
  return inside.toSorted((a, b) => a.length - b.length)[0];
}
