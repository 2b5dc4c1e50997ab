/** What tests have left behind, for the last lines of a run, and the gate that fails a run with too much of it. */
import type { ResolvedConfig } from '@quality-hub/config';
import type { Leftovers } from '@quality-hub/protocol';
import type { HubFolder } from '@quality-hub/telemetry';

/** A store that does not answer must not hold the end of a run back. */
const LIMIT_MS = 5_000;

export interface LeftBehind {
  /** For the block; undefined where there is nothing to say. */
  readonly words?: string;
  /** For the record of the run; undefined where nothing is left. */
  readonly leftovers?: Leftovers;
  /** Why the run fails; undefined where it does not. */
  readonly refusal?: string;
}

/** @throws {StateError} where the store cannot be read. @throws {Error} where it does not answer in time. */
export async function leftBehind(
  folder: HubFolder,
  resolved: ResolvedConfig | undefined,
  limitMs = LIMIT_MS,
): Promise<LeftBehind> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const told = `What tests have left behind is not known: the store did not answer within ${limitMs / 1000} s`;
    timer = setTimeout(() => reject(new Error(told)), limitMs);
  });
  try {
    return await Promise.race([look(folder, resolved), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function look(folder: HubFolder, resolved: ResolvedConfig | undefined): Promise<LeftBehind> {
  const { leftoverWords, readLeftovers } = await import('@quality-hub/runtime/leftovers');
  const config = (resolved?.config ?? {}) as NonNullable<Parameters<typeof readLeftovers>[0]['config']>;
  const backlog = await readLeftovers({ config, configPath: resolved?.path, stateFile: folder.state });
  const { warn = 0, fail = Number.POSITIVE_INFINITY } = config.data?.backlog ?? {};
  if (backlog === undefined) return {};
  const words = leftoverWords(backlog);
  if (words === undefined) return {};
  const { orphans: count, failed, oldestMs = 0 } = backlog;
  return {
    leftovers: { count, failed, oldestMs },
    ...(backlog.orphans > warn ? { words } : {}),
    ...(backlog.orphans > fail
      ? {
          refusal: `The run fails: ${count === 1 ? '1 thing is' : `${count} things are`} left behind, and data.backlog.fail allows ${fail}`,
        }
      : {}),
  };
}
