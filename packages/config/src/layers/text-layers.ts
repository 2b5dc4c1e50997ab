/** Layers that are written as text: variables such as `QH__shop__baseURL`, and `shop.baseURL=…` of a command line. */
import { type ConfigPath, isTree, pathText, readPath, treeWith, valueAt } from '../config-path.ts';
import { kindsAt, namesAt, type SchemaNode } from '../schema/schema-node.ts';
import type { Layer, LayerKind } from './layer.ts';

/** Variables of values begin with it; two underscores stand between names. */
export const VALUE_PREFIX = 'QH__';
/** Settings of a command line on their way to other processes: lines `path=value`, or one JSON object. */
export const SET_VARIABLE = 'QUALITY_HUB_SET';

/** One value as text, and where it is to stand. */
export interface TextSetting {
  readonly kind: LayerKind;
  readonly source: string;
  readonly path: ConfigPath;
  readonly text?: string;
  /** In the place of a text. */
  readonly value?: unknown;
}

export interface TextSettings {
  readonly settings: readonly TextSetting[];
  readonly problems: readonly string[];
}

/** The variables of `env` that hold values, in the order of their names. */
export function variableSettings(env: NodeJS.ProcessEnv): TextSettings {
  const names = Object.keys(env).filter(name => name.startsWith(VALUE_PREFIX));
  const settings: TextSetting[] = [];
  const problems: string[] = [];
  for (const source of names.sort()) {
    const path = source.slice(VALUE_PREFIX.length).split('__');
    if (path.some(name => name === ''))
      problems.push(`${source} names no place; write names with two underscores between`);
    else settings.push({ kind: 'variable', source, path, text: env[source] ?? '' });
  }
  return { settings, problems };
}

/** `shop.baseURL=https://…`, one in a line, or a JSON object. */
export function lineSettings(text: string, source: string): TextSettings {
  if (text.trimStart().startsWith('{')) return jsonSettings(text, source);
  const settings: TextSetting[] = [];
  const problems: string[] = [];
  for (const line of text.split('\n').filter(one => one.trim() !== '')) {
    const at = line.indexOf('=');
    const path = at === -1 ? undefined : readPath(line.slice(0, at).trim());
    if (path) settings.push({ kind: 'set', source: `${source} ${pathText(path)}`, path, text: line.slice(at + 1) });
    else problems.push(`${source} has ${JSON.stringify(line.slice(0, at === -1 ? 30 : at))}, expected path=value`);
  }
  return { settings, problems };
}

/**
 * The layers of settings. Names are matched exactly, else without regard to case, as some systems write all variables in
 * capitals. A text becomes what the schema wants at its place, else what it replaces: a number, a boolean, JSON.
 *
 * @param below What the layers below add up to.
 */
export function textLayers(
  settings: readonly TextSetting[],
  below: Readonly<Record<string, unknown>>,
  schema: SchemaNode,
): readonly Layer[] {
  return settings.map(({ kind, source, path: given, text, value: ready }) => {
    const path = matchNames(given, below, schema);
    const value = text === undefined ? ready : readText(text, kindsAt(schema, path), valueAt(below, path));
    return { kind, source, tree: treeWith(path, value) as Layer['tree'] };
  });
}

function matchNames(given: ConfigPath, below: unknown, schema: SchemaNode): ConfigPath {
  const path: PropertyKey[] = [];
  for (const name of given) {
    const at = valueAt(below, path);
    const known = new Set([...(isTree(at) ? Object.keys(at) : []), ...(namesAt(schema, path)?.names ?? [])]);
    const alike = [...known].filter(one => one.toLowerCase() === String(name).toLowerCase());
    const [only, second] = alike;
    path.push(known.has(String(name)) || only === undefined || second !== undefined ? name : only);
  }
  return path;
}

function readText(text: string, kinds: ReadonlySet<string>, replaced: unknown): unknown {
  const wanted = kinds.size > 0 ? kinds : new Set([replaced === null ? 'null' : kindOf(replaced)]);
  if (wanted.has('boolean') && /^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (wanted.has('number') && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  if (wanted.has('null') && text === 'null') return null;
  if ((wanted.has('object') && /^\s*\{/.test(text)) || (wanted.has('array') && /^\s*\[/.test(text))) {
    return parsed(text) ?? text;
  }
  return text;
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function jsonSettings(text: string, source: string): TextSettings {
  const value = parsed(text);
  if (!isTree(value)) return { settings: [], problems: [`${source} is no JSON object, and no lines path=value`] };
  const settings = Object.entries(value).map(([name, inner]): TextSetting => {
    return { kind: 'set', source, path: [name], value: inner };
  });
  return { settings, problems: [] };
}
