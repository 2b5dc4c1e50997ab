/** A place in a configuration, as a list of names and as one text: `clients.default.retry[0]`. */
import { isSecretReference } from './secret-reference.ts';

export type ConfigPath = readonly PropertyKey[];

/** Names that hold a dot or a bracket are quoted: `policies["a.b"].retry`. */
export function pathText(path: ConfigPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = String(key);
    if (/[.[\]"]|^$/.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/** Reads what {@link pathText} writes; undefined where the text is no path. */
export function readPath(text: string): ConfigPath | undefined {
  const path: PropertyKey[] = [];
  const part = /(?:^|(?<=.)\.)([^.[\]"]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  for (part.lastIndex = 0; part.lastIndex < text.length; ) {
    const [, name, index, quoted] = part.exec(text) ?? [];
    if (name !== undefined) path.push(name);
    else if (index !== undefined) path.push(Number(index));
    else if (quoted !== undefined) path.push(JSON.parse(quoted) as string);
    else return undefined;
  }
  return path.length === 0 ? undefined : path;
}

/** What stands at a place; undefined where nothing does. Inherited names are nothing. */
export function valueAt(root: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((at, key) => {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    return (at as Record<PropertyKey, unknown>)[key];
  }, root);
}

/** A tree that has nothing but `value`, at `path`. */
export function treeWith(path: ConfigPath, value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

/** An object as `{}` makes it: what layers are merged into; lists, dates, classes are values. */
export function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const above: unknown = Object.getPrototypeOf(value);
  if (above === null) return true;
  // The prototype of another realm has no prototype either, and knows hasOwnProperty.
  return Object.getPrototypeOf(above) === null && Object.hasOwn(above as object, 'hasOwnProperty');
}

/** Every value that is no tree, with its place; an empty tree is one. */
export function leavesOf(root: unknown, path: ConfigPath = []): readonly (readonly [ConfigPath, unknown])[] {
  if (!isTree(root) || isMarker(root)) return [[path, root]];
  const entries = Object.entries(root);
  if (entries.length === 0) return path.length === 0 ? [] : [[path, root]];
  return entries.flatMap(([key, value]) => leavesOf(value, [...path, key]));
}

/** An object that stands for a value, such as that of `secret('name')`, also as it stands in JSON. */
export function isMarker(value: object): boolean {
  return isSecretReference(value) || Object.getOwnPropertySymbols(value).length > 0;
}
