/** Loads a configuration file, whatever it is written in. */
import { readFile, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { type HubConfig, isSection, sectionNameProblems } from './define-hub.ts';
import { ConfigError, ConfigLoadError } from './errors.ts';

export interface LoadedConfig {
  readonly path: string;
  readonly config: HubConfig;
  /** Names of no section, and what is no section. */
  readonly problems: readonly string[];
}

/** What a configuration that is a function is given. */
export interface ConfigSurroundings {
  /** As chosen from outside. */
  readonly environment?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** What Node says of TypeScript that cannot be run by leaving its types out, and of imports as bundlers write them. */
const NEEDS_TRANSFORM = new Set([
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_MODULE_NOT_FOUND',
  'ERR_NO_TYPESCRIPT',
]);

/**
 * Loads the file at `path`. Its default export is the configuration, or a function, also an async one, that gives it.
 *
 * Node runs the file by itself; one that needs more than types left out (enums, imports without endings) goes through jiti.
 *
 * @throws {ConfigLoadError} (`QH_CONFIG_LOAD`) if it cannot be read or run.
 * @throws {ConfigError} (`QH_CONFIG`) if it is no configuration at all.
 */
export async function loadConfig(path: string, about: ConfigSurroundings = {}): Promise<LoadedConfig> {
  const exported = await read(path);
  const config = typeof exported === 'function' ? await call(path, () => exported(about)) : exported;
  if (!isSection(config)) {
    throw new ConfigError(path, [`the default export is ${kindOf(config)}, expected defineHub({ … })`]);
  }
  return { path, config: config as HubConfig, problems: sectionNameProblems(config as object) };
}

async function read(path: string): Promise<unknown> {
  if (path.endsWith('.json')) return parse(path, text => JSON.parse(text));
  if (!/\.ya?ml$/.test(path)) return loadModule(path);
  const { parse: parseYaml } = await import('yaml');
  return parse(path, text => parseYaml(text, { prettyErrors: true }));
}

async function parse(path: string, how: (text: string) => unknown): Promise<unknown> {
  try {
    return how(await readFile(path, 'utf8'));
  } catch (error) {
    throw loadError(path, error);
  }
}

/** The default export of a file, which Node runs, or jiti where Node cannot. @throws {ConfigLoadError} (`QH_CONFIG_LOAD`) */
export async function loadModule(path: string): Promise<unknown> {
  try {
    // A changed file is loaded anew where a process lives on, as in UI mode.
    const { mtimeMs } = await stat(path);
    return defaultOf(await import(`${pathToFileURL(path).href}?changed=${mtimeMs}`));
  } catch (error) {
    if (!NEEDS_TRANSFORM.has((error as { code?: string }).code ?? '')) throw loadError(path, error);
    return runTransformed(path);
  }
}

async function runTransformed(path: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  try {
    return defaultOf(await createJiti(import.meta.url, { fsCache: false, moduleCache: false }).import(path));
  } catch (error) {
    throw loadError(path, error);
  }
}

/** A file of CommonJS that was compiled from a module has its default export one level deeper. */
function defaultOf(module: unknown): unknown {
  const first = (module as { default?: unknown }).default;
  const isCompiled = typeof first === 'object' && first !== null && '__esModule' in first && 'default' in first;
  return isCompiled ? (first as { default: unknown }).default : first;
}

async function call(path: string, make: () => unknown): Promise<unknown> {
  try {
    return await make();
  } catch (error) {
    throw loadError(path, error);
  }
}

function loadError(path: string, error: unknown): ConfigLoadError {
  const said = error instanceof Error ? error.message : String(error);
  const place = error instanceof Error ? placeIn(path, error) : '';
  return new ConfigLoadError(
    path,
    `${path}${place} cannot be loaded: ${said}`,
    'Correct the file and run again',
    error,
  );
}

/** `:3:9`, where the stack tells the line of the file that threw. */
function placeIn(path: string, { stack = '' }: Error): string {
  const at = stack.indexOf(path);
  return at === -1 ? '' : (/^(?:\?changed=[\d.]+)?(:\d+(?::\d+)?)/.exec(stack.slice(at + path.length))?.[1] ?? '');
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  return JSON.stringify(value) ?? typeof value;
}
