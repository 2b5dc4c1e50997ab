/** The layers of the configuration's files: what holds everywhere, then what its environment adds. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ConfigWords, EnvironmentWords } from '../config-words.ts';
import { type HubConfig, isSection, SECTIONS } from '../define-hub.ts';
import { type ConfigSurroundings, loadConfig } from '../load-config.ts';
import { schemaOf } from '../load-schema.ts';
import { migrateValues } from '../migrations.ts';
import type { StandardSchema } from '../schema/standard-schema.ts';
import { environmentChain } from './environment-chain.ts';
import type { Layer } from './layer.ts';

export interface FileLayers {
  /** Of the suite's own values. */
  readonly schema: StandardSchema | undefined;
  readonly main: HubConfig;
  readonly layers: readonly Layer[];
  readonly environment: string | undefined;
  /** All there are, of both files. */
  readonly environments: readonly string[];
  readonly problems: readonly string[];
  readonly notices: readonly string[];
  /** What stands in each file, by its path. */
  readonly texts: ReadonlyMap<string, string>;
}

export interface FilesToRead {
  readonly path: string;
  readonly localPath: string | undefined;
  /** As chosen from outside, with the name of what chose it. */
  readonly chosen: { readonly environment: string; readonly by: string } | undefined;
  readonly surroundings: ConfigSurroundings;
}

type Trees = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** @throws {ConfigLoadError} (`QH_CONFIG_LOAD`) @throws {ConfigError} (`QH_CONFIG`) if one of them is no configuration at all. */
export async function readFileLayers({ path, localPath, chosen, surroundings }: FilesToRead): Promise<FileLayers> {
  const main = await loadConfig(path, surroundings);
  const local = localPath === undefined ? undefined : await loadConfig(localPath, surroundings);
  const problems = [...main.problems];
  const notices: string[] = [];
  const localName = localPath === undefined ? '' : basename(localPath);
  for (const problem of local?.problems ?? []) problems.push(`${problem} (${localName})`);
  const [ofMain, ofLocal] = [environmentsOf(main.config), environmentsOf(local?.config ?? {})];
  const all = merged(ofMain, ofLocal);
  const names = Object.keys(all);
  const wanted = chosen ?? ownChoice(main.config, local?.config, names);
  const chain = chainOf(wanted, all, problems);
  const migrate = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
    const { version: to = 1, migrations } = main.config;
    const from = local?.config.version ?? to;
    const done = migrateValues(values, { from, to, ...(migrations ? { migrations } : {}) });
    problems.push(...done.problems.map(problem => `${problem} (${localName})`));
    if (done.applied.length > 0)
      notices.push(`${localName} is of version ${from}: \`quality-hub config migrate\` brings it to ${to}`);
    return done.values;
  };
  const layers: Layer[] = [{ kind: 'file', source: basename(path), path, tree: treeOf(main.config, same) }];
  for (const name of chain) layers.push(...environmentLayer(name, ofMain, path, same));
  if (local) layers.push({ kind: 'local', source: localName, path: local.path, tree: treeOf(local.config, migrate) });
  if (local) for (const name of chain) layers.push(...environmentLayer(name, ofLocal, local.path, migrate));
  const paths = [path, ...(localPath === undefined ? [] : [localPath])];
  const texts = await Promise.all(paths.map(async file => [file, await readFile(file, 'utf8')] as const));
  return {
    main: main.config,
    schema: await schemaOf(path, main.config),
    layers,
    environment: wanted?.environment,
    environments: names,
    problems: [...new Set(problems)],
    notices: [...new Set(notices)],
    texts: new Map(texts),
  };
}

function ownChoice(main: HubConfig, local: HubConfig | undefined, names: readonly string[]): FilesToRead['chosen'] {
  const named = local?.environment ?? main.environment;
  if (named !== undefined) return { environment: named, by: 'environment' };
  return names.includes('local') ? { environment: 'local', by: 'environment' } : undefined;
}

function chainOf(chosen: FilesToRead['chosen'], all: Trees, problems: string[]): readonly string[] {
  const names = Object.keys(all);
  if (chosen === undefined) {
    if (names.length > 0) {
      problems.push(
        `no environment is chosen; name one of ${names.join(', ')} as environment, or in QUALITY_HUB_ENVIRONMENT`,
      );
    }
    return [];
  }
  if (!Object.hasOwn(all, chosen.environment)) {
    const there = names.length === 0 ? '; there are none' : `; there are ${names.join(', ')}`;
    problems.push(`${chosen.by} is "${chosen.environment}", which is no environment${there}`);
    return [];
  }
  const chain = environmentChain(chosen.environment, all);
  problems.push(...chain.problems);
  return chain.names;
}

function environmentLayer(name: string, of: Trees, path: string, change: Change): readonly Layer[] {
  const { extends: _, ...inner } = of[name] ?? {};
  if (of[name] === undefined) return [];
  const sections = Object.fromEntries(Object.entries(inner).filter(([key]) => SECTIONS.includes(key)));
  const values = Object.fromEntries(Object.entries(inner).filter(([key]) => !SECTIONS.includes(key)));
  const source = `environment ${name} in ${basename(path)}`;
  return [{ kind: 'environment', source, path, tree: { ...change(values), ...onlySections(sections) } }];
}

type Change = (values: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

function same<T>(values: T): T {
  return values;
}

function treeOf(config: HubConfig, change: Change): Layer['tree'] {
  const values = isSection(config.values) ? (config.values as Readonly<Record<string, unknown>>) : {};
  return { ...change(values), ...onlySections(config as object) };
}

/** What is no section is told elsewhere. */
function onlySections(config: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(config).filter(([name, value]) => SECTIONS.includes(name) && isSection(value)),
  );
}

function environmentsOf({ environments }: ConfigWords): Trees {
  if (!isSection(environments)) return {};
  return Object.fromEntries(
    Object.entries(environments as Readonly<Record<string, EnvironmentWords>>).filter(([, value]) => isSection(value)),
  );
}

/** An environment that both files have inherits as the local one says, where that says something. */
function merged(main: Trees, local: Trees): Trees {
  const names = [...new Set([...Object.keys(main), ...Object.keys(local)])];
  return Object.fromEntries(names.map(name => [name, { ...main[name], ...local[name] }]));
}
