/** Loads a configuration file, whatever it is written in. */
import { readFile, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { type HubConfig, isSection, sectionNameProblems } from './define-hub.ts';
import { ConfigError, ConfigLoadError } from './errors.ts';

export interface LoadedConfig {
  readonly path: string;
  readonly config: HubConfig;
}

export type SectionCheck = (config: HubConfig) => readonly string[] | Promise<readonly string[]>;

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
 * @param check Looks into the sections and says what is wrong with them; a process that starts often leaves that to those who
 * are made of them.
 * @throws {ConfigError} (`QH_CONFIG`) if it is no configuration, has a section that there is none of, or `check` finds something:
 * all of that at once.
 */
export async function loadConfig(path: string, check: SectionCheck = () => []): Promise<LoadedConfig> {
  const exported = path.endsWith('.json') ? await readJson(path) : await run(path);
  const config = typeof exported === 'function' ? await call(path, exported as () => unknown) : exported;
  if (!isSection(config)) {
    throw new ConfigError(path, [`the default export is ${kindOf(config)}, expected defineHub({ … })`]);
  }
  const named = config as HubConfig;
  const sections = Object.fromEntries(Object.entries(named).filter(([, value]) => isSection(value)));
  const problems = [...sectionNameProblems(named), ...(await check(sections))];
  if (problems.length > 0) throw new ConfigError(path, problems);
  return { path, config: named };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw loadError(path, error);
  }
}

async function run(path: string): Promise<unknown> {
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
