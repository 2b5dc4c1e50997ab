/**
 * The configuration on its way from the runner, which has resolved and checked it, to the workers. A door of its own: a worker
 * loads nothing else of the configuration, no schema and no loader.
 */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { ConfigHandoff } from '@quality-hub/protocol';
import { type ConfigPath, valueAt } from '../config-path.ts';
import type { HubConfig } from '../define-hub.ts';
import { ConfigLoadError } from '../errors.ts';
import { frozen } from '../frozen.ts';
import type { ResolvedConfig } from '../resolved-config.ts';
import { fromPlainForm, toPlainForm } from './plain-form.ts';
import { newKey, openSealed, writeSealed } from './sealed-file.ts';

/** What a worker knows of the configuration. */
export interface HandedConfig {
  /** Of the main file, for messages. */
  readonly path: string;
  readonly environment: string | undefined;
  /** The sections. */
  readonly config: HubConfig;
  /** The suite's own values, as its schema gives them; frozen. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The same before the schema has filled in and changed anything. */
  readonly input: Readonly<Record<string, unknown>>;
}

interface Written {
  readonly path: string;
  readonly files: readonly string[];
  readonly environment: string | undefined;
  readonly config: unknown;
  readonly values: unknown;
  readonly input: unknown;
  readonly live: readonly ConfigPath[];
  /** Values that JSON has no form for: the worker resolves them itself. */
  readonly needsSchema: boolean;
}

/**
 * Writes what workers need into an encrypted file, which replaces an earlier one in one step.
 *
 * @param before As it was handed over before: file and key stay, and workers take the new content with their next test.
 */
export function handOver(
  resolved: ResolvedConfig,
  place: { readonly file: string },
  before?: ConfigHandoff,
): ConfigHandoff {
  const [config, values, input] = [
    toPlainForm(resolved.config),
    toPlainForm(resolved.values),
    toPlainForm(resolved.input),
  ];
  const written: Written = {
    path: resolved.path,
    files: resolved.files,
    environment: resolved.environment,
    config: config.json,
    values: values.json,
    input: input.json,
    live: config.live,
    needsSchema: values.live.length > 0 || input.live.length > 0,
  };
  const { file, key } = before ?? { file: place.file, key: newKey() };
  writeSealed(file, key, JSON.stringify(written));
  return { file, key };
}

/**
 * Reads what was handed over. Where there are functions in the sections, the files are loaded for them, and not checked again.
 *
 * @throws {ConfigLoadError} (`QH_CONFIG_LOAD`) if it cannot be read.
 */
export async function readHandOver({ file, key }: ConfigHandoff): Promise<HandedConfig> {
  const written = openWritten(file, key);
  const { path, environment } = written;
  if (written.needsSchema) return resolveHere(written);
  const live = written.live.length === 0 ? {} : await loadLive(written);
  const liveAt = (at: ConfigPath): unknown => valueAt(live, at);
  return {
    path,
    environment,
    config: fromPlainForm(written.config, liveAt) as HubConfig,
    values: frozen(fromPlainForm(written.values, liveAt) as HandedConfig['values']),
    input: frozen(fromPlainForm(written.input, liveAt) as HandedConfig['input']),
  };
}

/** Tells one state of the file from the next. */
export function handOverStamp({ file }: ConfigHandoff): string {
  const { mtimeMs, ino, size } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs}.${ino}.${size}`;
}

/** True when the run is over. */
export function isForgotten({ file }: ConfigHandoff): boolean {
  return !existsSync(file);
}

export function forgetHandOver({ file }: ConfigHandoff): void {
  rmSync(file, { force: true });
}

function openWritten(file: string, key: string): Written {
  try {
    return JSON.parse(openSealed(readFileSync(file), key)) as Written;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new ConfigLoadError(
      file,
      `The configuration that the runner has handed over cannot be read: ${said}`,
      'Leave the folder .quality-hub alone while tests run',
      error,
    );
  }
}

async function loadLive({ path, files, environment }: Written): Promise<Readonly<Record<string, unknown>>> {
  const [{ readFileLayers }, { mergeLayers }] = await Promise.all([
    import('../layers/file-layers.ts'),
    import('../layers/merge-layers.ts'),
  ]);
  const chosen = environment === undefined ? undefined : { environment, by: 'environment' };
  const surroundings = { env: process.env, ...(environment === undefined ? {} : { environment }) };
  return mergeLayers((await readFileLayers({ path, localPath: files[1], chosen, surroundings })).layers).tree;
}

async function resolveHere({ path, environment }: Written): Promise<HandedConfig> {
  const { resolveConfig } = await import('../resolve-config.ts');
  const env = { ...process.env, QUALITY_HUB_CONFIG: path };
  const resolved = await resolveConfig({ from: path, env, ...(environment === undefined ? {} : { environment }) });
  return resolved as ResolvedConfig;
}
