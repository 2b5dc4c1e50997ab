/** What the reporter tells the workers before they are started, through one environment variable. */

/** Workers inherit the runner's environment; the variable holds a {@link RunHandoff} as JSON. */
export const HANDOFF_VARIABLE = 'QUALITY_HUB_HANDOFF';

export interface RunHandoff {
  readonly runId: string;
  readonly shard: number;
  /** Name of the hub project: part of every identity. */
  readonly project: string;
  /** Absolute folder of this run's spool; workers put their journals beside it. */
  readonly spoolFolder: string;
  /** Process id of the runner. A worker of another runner must not use the handoff: it is a run inside a run. */
  readonly runnerPid: number;
  /** What is wrong with the configuration of the suite: who needs it fails with the same sentence. */
  readonly configTrouble?: ConfigTrouble;
  /** Where the checked configuration lies, where there is one. */
  readonly config?: ConfigHandoff;
  /** File of the `NeedsPlan`, where tests of the run need others. */
  readonly needs?: string;
}

/** An encrypted file in the folder of the run, and its key: the file is uploaded with the folder, the key is not. */
export interface ConfigHandoff {
  readonly file: string;
  readonly key: string;
}

/** An error of the configuration on its way from the runner to its workers. */
export interface ConfigTrouble {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** The handoff of the runner that `isOwn` accepts; undefined where there is no reporter of ours, or that of an outer run. */
export function readHandoff(text: string | undefined, isOwn: (runnerPid: number) => boolean): RunHandoff | undefined {
  if (!text) return undefined;
  try {
    const handoff = JSON.parse(text) as RunHandoff;
    return isOwn(handoff.runnerPid) ? handoff : undefined;
  } catch {
    return undefined;
  }
}
