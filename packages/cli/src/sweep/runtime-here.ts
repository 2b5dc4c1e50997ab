/** The runtime of this folder's configuration, where no test runs. */

import { resolve } from 'node:path';
import type { QualityHubConfig, Runtime } from '@quality-hub/runtime';
import { createMask, findHubFolder, HUB_FOLDER, type HubFolder, hubFolderAt, type Mask } from '@quality-hub/telemetry';
import type { CommandContext } from '../command-line/command.ts';
import { hubFolderHere } from '../hub-access/hub-folder.ts';

export interface SweepPlace extends CommandContext {
  readonly environment: string | undefined;
}

export interface Opened {
  readonly runtime: Runtime;
  /** The suite's own values, as its schema gives them. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly mask: Mask;
}

export interface RuntimeHere {
  /** Knows every secret that any piece of work has read. */
  readonly mask: Mask;
  /** Opens the runtime for one piece of work, and closes it. */
  use<T>(work: (opened: Opened) => Promise<T>): Promise<T>;
}

/** Opens the runtime of this folder's configuration for one piece of work. */
export async function withRuntime<T>(place: SweepPlace, work: (opened: Opened) => Promise<T>): Promise<T> {
  return (await readRuntimeHere(place)).use(work);
}

/**
 * Reads the configuration once, for several pieces of work. Each opens stores, clients and secrets anew.
 *
 * @throws {NoHubError} (`QH_NO_HUB`) @throws {ConfigError} (`QH_CONFIG`) @throws {ConfigLoadError} (`QH_CONFIG_LOAD`)
 */
export async function readRuntimeHere(place: SweepPlace): Promise<RuntimeHere> {
  const { cwd, env, environment } = place;
  const [{ resolveChecked }, { openRuntime }] = await Promise.all([
    import('@quality-hub/runtime/check'),
    import('@quality-hub/runtime'),
  ]);
  const resolved = await resolveChecked({
    from: cwd,
    cwd,
    env,
    ...(environment === undefined ? {} : { environment }),
  });
  const config = (resolved?.config ?? {}) as QualityHubConfig;
  const stateFile = folderFor(config, place).state;
  const mask = createMask({ env });
  const use = async <T>(work: (opened: Opened) => Promise<T>): Promise<T> => {
    const runtime = await openRuntime({
      config,
      ...(resolved === undefined ? {} : { configPath: resolved.path }),
      ...(resolved?.environment === undefined ? {} : { place: { environment: resolved.environment } }),
      worker: `sweep-${process.pid}`,
      runId: `sweep-${process.pid}`,
      stateFile,
      mask,
    });
    try {
      return await work({ runtime, values: resolved?.values ?? {}, mask });
    } finally {
      await runtime.close();
    }
  };
  return { mask, use };
}

/** A machine that only sweeps a store somewhere else has run no test, and needs no folder. */
function folderFor({ state }: QualityHubConfig, place: CommandContext): HubFolder {
  if (state?.kind !== 'redis') return hubFolderHere(place);
  const { cwd, env } = place;
  return findHubFolder(cwd, env) ?? hubFolderAt(resolve(cwd, env.QUALITY_HUB_DIR || HUB_FOLDER));
}
