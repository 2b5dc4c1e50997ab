/** Makes one configuration of all its layers, checks it, and remembers where each value is from. */
import { errorSentence } from '@quality-hub/protocol';
import { checkSections, type SectionSchemas } from './check-sections.ts';
import { type ConfigPath, isTree, treeWith, valueAt } from './config-path.ts';
import { type HubConfig, isSection, SECTIONS } from './define-hub.ts';
import { derivedValues } from './derived-values.ts';
import { ConfigError } from './errors.ts';
import { type FindOptions, findConfig, findLocalConfig } from './find-config.ts';
import { readFileLayers } from './layers/file-layers.ts';
import type { Layer, LayerSource } from './layers/layer.ts';
import { type MergedLayers, mergeLayers } from './layers/merge-layers.ts';
import { lineSettings, SET_VARIABLE, type TextSetting, textLayers, variableSettings } from './layers/text-layers.ts';
import { ResolvedConfig } from './resolved-config.ts';
import { checkValues } from './schema/check-values.ts';
import { type SchemaNode, schemaNodeOf } from './schema/schema-node.ts';
import type { StandardSchema } from './schema/standard-schema.ts';

/** Names the environment that counts. */
export const ENVIRONMENT_VARIABLE = 'QUALITY_HUB_ENVIRONMENT';

export interface ResolveOptions extends FindOptions {
  /** Counts more than `QUALITY_HUB_ENVIRONMENT`. */
  readonly environment?: string;
  /** Settings of a command line, `path=value` line by line; they count more than those in `QUALITY_HUB_SET`. */
  readonly settings?: string;
  /** Layers from elsewhere; they count more than all before. */
  readonly sources?: readonly LayerSource[];
  /** Changes that were made while this runs; they count most. */
  readonly updates?: readonly Layer[];
  /** The schemas of the sections. Without them sections are left to those who are made of them. */
  readonly schemas?: () => Promise<SectionSchemas>;
  /** Gives the sections as their schemas take them, where names stand for values. */
  readonly checkedAs?: (config: HubConfig) => HubConfig | Promise<HubConfig>;
  /** Looks into the sections once more, and says what is wrong besides what the schemas have told. */
  readonly check?: (config: HubConfig, about: CheckSurroundings) => readonly string[] | Promise<readonly string[]>;
  readonly signal?: AbortSignal;
}

/** What a further check of the sections is told. */
export interface CheckSurroundings {
  /** What the schemas say. */
  readonly told: readonly string[];
  /** Of the main file. */
  readonly path: string;
}

/**
 * The configuration of the suite in `from`; undefined where there is none.
 *
 * @throws {ConfigLoadError} (`QH_CONFIG_LOAD`) if a file cannot be read or run, or a folder has two.
 * @throws {ConfigError} (`QH_CONFIG`) with everything that is wrong: where, which value, what was expected, whose it is.
 */
export async function resolveConfig(options: ResolveOptions): Promise<ResolvedConfig | undefined> {
  const path = findConfig(options);
  return path === undefined ? undefined : resolveFile(path, options);
}

async function resolveFile(path: string, options: ResolveOptions): Promise<ResolvedConfig> {
  const { env = process.env, updates = [] } = options;
  const chosen = choice(options);
  // They load beside the files; who stops because of those hears nothing of these.
  const loadingSchemas = options.schemas?.();
  loadingSchemas?.catch(() => undefined);
  const localPath = findLocalConfig(path);
  const surroundings = { env, ...(chosen ? { environment: chosen.environment } : {}) };
  const files = await readFileLayers({ path, localPath, chosen, surroundings });
  const problems = [...files.problems];
  const notices = [...files.notices];

  const written = settingsOf(env, options.settings);
  problems.push(...written.problems);
  const schemas = (await loadingSchemas) ?? {};
  const needsNodes = written.settings.length > 0;
  const nodes = needsNodes ? await allNodes(schemas, files.schema) : undefined;
  const below = mergeLayers(files.layers).tree;
  const texts = nodes === undefined ? [] : textLayers(written.settings, below, nodes);
  const fetched = await readSources(options, files.environment, notices);
  const layers = [...files.layers, ...texts, ...fetched, ...updates];
  const merged = mergeLayers(layers);
  const sourceOf = sourceWords(merged, path, files.environment);

  const { sections, values } = split(merged.tree);
  problems.push(...clashes(files.main));
  const checked = await checkValues(values, files.schema, { sourceOf });
  problems.push(...checked.problems);
  const isRight = checked.problems.length === 0;
  const derived = derivedValues(
    sections,
    isRight ? { config: checked.values, environment: files.environment } : undefined,
  );
  problems.push(...derived.problems);
  const config = withDerived(sections, derived.found);

  const checkable = (await options.checkedAs?.(config as HubConfig)) ?? (config as HubConfig);
  const told = await sectionProblems(checkable, schemas, sourceOf);
  const more = (await options.check?.(config as HubConfig, { told, path })) ?? [];
  const isOfFailed = (problem: string) => derived.failed.some(place => problem.startsWith(`${place} `));
  problems.push(...[...told, ...more].filter(problem => !isOfFailed(problem)));
  if (files.layers.length > 0) problems.push(...(await writtenSecrets(files.layers, files.texts)));
  if (problems.length > 0) throw new ConfigError(path, [...new Set(problems)]);
  return new ResolvedConfig({
    path,
    localPath,
    environment: files.environment,
    environments: files.environments,
    config: config as HubConfig,
    values: checked.values,
    input: values,
    schema: files.schema,
    layers,
    merged,
    notices,
  });
}

function choice({ environment, env = process.env }: ResolveOptions): { environment: string; by: string } | undefined {
  if (environment !== undefined) return { environment, by: '--environment' };
  const named = env[ENVIRONMENT_VARIABLE];
  return named ? { environment: named, by: ENVIRONMENT_VARIABLE } : undefined;
}

function settingsOf(
  env: NodeJS.ProcessEnv,
  given: string | undefined,
): { settings: readonly TextSetting[]; problems: readonly string[] } {
  const parts = [
    variableSettings(env),
    lineSettings(env[SET_VARIABLE] ?? '', SET_VARIABLE),
    lineSettings(given ?? '', '--set'),
  ];
  return { settings: parts.flatMap(part => part.settings), problems: parts.flatMap(part => part.problems) };
}

/** One schema of the whole: the sections beside the suite's own values. */
async function allNodes(schemas: SectionSchemas, schema: StandardSchema | undefined): Promise<SchemaNode> {
  const own = schema === undefined ? undefined : await schemaNodeOf(schema);
  const sections = await sectionNodes(schemas);
  return {
    type: 'object',
    properties: { ...own?.properties, ...sections },
    ...(own?.$defs ? { $defs: own.$defs } : {}),
  };
}

async function sectionNodes(schemas: SectionSchemas): Promise<Readonly<Record<string, SchemaNode>>> {
  const found = await Promise.all(
    Object.entries(schemas).map(async ([name, schema]) => [name, await schemaNodeOf(schema)] as const),
  );
  return Object.fromEntries(found.flatMap(([name, node]) => (node === undefined ? [] : [[name, node]])));
}

async function sectionProblems(
  config: HubConfig,
  schemas: SectionSchemas,
  sourceOf: (path: ConfigPath) => string,
): Promise<readonly string[]> {
  const problems = checkSections(config, schemas, { sourceOf });
  // The schemas as data cost time, and are only needed to name what was meant.
  if (!problems.some(problem => problem.includes(' has no option '))) return problems;
  return checkSections(config, schemas, { sourceOf, nodes: await sectionNodes(schemas) });
}

async function readSources(
  { sources = [], signal }: ResolveOptions,
  environment: string | undefined,
  notices: string[],
): Promise<readonly Layer[]> {
  const asked = sources.map(source => source.read({ environment, ...(signal ? { signal } : {}) }));
  const answers = await Promise.allSettled(asked);
  signal?.throwIfAborted();
  return answers.flatMap((answer, at): readonly Layer[] => {
    const name = sources[at]?.name ?? '';
    if (answer.status === 'fulfilled' && answer.value === undefined) return [];
    if (answer.status === 'fulfilled' && isTree(answer.value))
      return [{ kind: 'hub', source: name, tree: answer.value }];
    const why = answer.status === 'rejected' ? errorSentence(answer.reason) : 'it gives no object';
    notices.push(`${name} gave no settings: ${why}`);
    return [];
  });
}

function split(
  tree: Readonly<Record<string, unknown>>,
): Readonly<Record<'sections' | 'values', Record<string, unknown>>> {
  const of = (wanted: boolean) =>
    Object.fromEntries(Object.entries(tree).filter(([name]) => SECTIONS.includes(name) === wanted));
  return { sections: of(true), values: of(false) };
}

/** A value with the name of a section could not be told from it. */
function clashes({ values }: HubConfig): readonly string[] {
  const names = isSection(values) ? Object.keys(values as object) : [];
  const clashing = names.filter(name => SECTIONS.includes(name));
  return clashing.map(name => `values.${name} has the name of a section; call it otherwise`);
}

function withDerived(
  sections: Readonly<Record<string, unknown>>,
  found: readonly { readonly path: ConfigPath; readonly value: unknown }[],
): Readonly<Record<string, unknown>> {
  if (found.length === 0) return sections;
  const given = found.map(({ path, value }): Layer => {
    return { kind: 'file', source: '', tree: treeWith(path, value) as Layer['tree'] };
  });
  return mergeLayers([{ kind: 'file', source: '', tree: sections }, ...given]).tree;
}

/** Nothing for what stands in the file that the message is about. */
function sourceWords(merged: MergedLayers, path: string, environment: string | undefined): (at: ConfigPath) => string {
  return at => {
    const origin = merged.originOf(at);
    if (origin === undefined || valueAt(merged.tree, at) === undefined)
      return environment === undefined ? '' : ` (environment ${environment})`;
    return origin.kind === 'file' && origin.path === path ? '' : ` (${origin.source})`;
  };
}

async function writtenSecrets(
  layers: readonly Layer[],
  texts: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const { literalSecrets } = await import('./literal-secrets.ts');
  return layers.flatMap(layer => literalSecrets(layer, texts.get(layer.path ?? '') ?? ''));
}
