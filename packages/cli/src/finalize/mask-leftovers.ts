/** Masks the files that killed runs have left in their output folders. */
import { resolve } from 'node:path';
import { type MaskedArtifacts, maskArtifacts, signOfSources } from '@quality-hub/artifacts';
import type { FinalizedRuns, OutputFolder } from '@quality-hub/hub';
import { errorSentence } from '@quality-hub/protocol';
import {
  createMask,
  forgetValues,
  type HubFolder,
  type Mask,
  readKeptValues,
  runSpoolFolder,
} from '@quality-hub/telemetry';
import { locateOutput } from './output-folder.ts';

export interface MaskedOutput extends MaskedArtifacts {
  readonly path: string;
}

export interface MaskedLeftovers {
  readonly folders: readonly MaskedOutput[];
  /** What was not masked and why, a sentence each. */
  readonly notes: readonly string[];
}

export interface LeftoversOptions {
  readonly hub: HubFolder;
  readonly outputs: readonly OutputFolder[];
  readonly living: FinalizedRuns['living'];
  readonly ending: FinalizedRuns['ending'];
  /** Absolute: the folder that the user named instead of those of the runs. */
  readonly output: string | undefined;
  /** Values that the user named, besides those of the environment. */
  readonly values: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly host: string;
}

export async function maskLeftovers(options: LeftoversOptions): Promise<MaskedLeftovers> {
  const { hub, outputs, values, env, host } = options;
  const left = outputs.filter(({ isLeft }) => isLeft);
  const runs = [...new Set(left.map(({ runId }) => runId))];
  const kept = runs.map(runId => ({ runId, ...readKeptValues({ spoolFolder: runSpoolFolder(hub, runId) }) }));
  const mask = createMask({ env, values: [...values, ...kept.flatMap(({ values: own }) => own)] });
  const { paths, notes } = chooseFolders(options, left);
  const folders: MaskedOutput[] = [];
  for (const path of paths) folders.push({ path, ...(await maskArtifacts(path, mask)) });
  const writing = new Set([...options.living, ...options.ending].map(({ runId }) => runId));
  for (const runId of runs) if (!writing.has(runId)) notes.push(...(await maskRecord(hub, runId, mask)));
  if (paths.length === 0) return { folders, notes };

  const elsewhere = [...new Set(left.map(output => output.host))].filter(name => name !== host);
  if (elsewhere.length > 0) {
    notes.push(
      `The run was on ${elsewhere.join(', ')}: what only its environment held is not known here. Name the variables that hold such values here with --mask-env`,
    );
  }
  for (const { runId, pid } of options.ending) {
    notes.push(
      `A worker of run ${runId}, process ${pid}, has not ended yet: finalize again when it has, to mask what it leaves`,
    );
  }
  for (const { runId, unreadable } of kept) {
    if (unreadable === 0) continue;
    notes.push(
      `Values that only run ${runId} knew (option mask, qhSecrets) were not masked: their key is not on this machine. Name variables that hold them with --mask-env`,
    );
  }
  // The values are needed no more where everything they could stand in was looked at.
  const complete = notes.length === 0 && folders.every(({ failed }) => failed.length === 0);
  if (complete) for (const runId of runs) forgetValues({ spoolFolder: runSpoolFolder(hub, runId) });
  return { folders, notes };
}

/** What was recorded before a value was known. */
async function maskRecord(folder: HubFolder, runId: string, mask: Mask): Promise<string[]> {
  try {
    const { maskRun } = await import('@quality-hub/hub');
    const { left } = await maskRun({ folder, runId, mask });
    return left.map(
      path => `${path} still holds a value that is known to be secret: finalize again when nobody reads it`,
    );
  } catch (error) {
    return [`The record of run ${runId} was not masked: ${errorSentence(error)}`];
  }
}

function chooseFolders(
  { hub, outputs, living, output, host }: LeftoversOptions,
  left: readonly OutputFolder[],
): { paths: readonly string[]; notes: string[] } {
  const notes: string[] = [];
  const paths = new Set<string>(output === undefined ? [] : [output]);
  for (const { path, host: itsHost } of output === undefined ? left : []) {
    const found = locateOutput(path, hub);
    if (found !== undefined) paths.add(resolve(found));
    // On its own machine a folder that is not there is one that nothing was left in.
    else if (itsHost !== host) notes.push(`The output folder ${path} is not here: name its copy with --output`);
  }
  for (const path of paths) {
    const user = outputs.find(({ path: recorded }) => resolve(locateOutput(recorded, hub) ?? recorded) === path);
    const sign = signOfSources(path);
    if (living.some(({ runId }) => runId === user?.runId)) {
      notes.push(`${path} was not masked: run ${user?.runId} still writes there`);
      paths.delete(path);
    } else if (sign !== undefined) {
      notes.push(`${path} was not masked: it holds ${sign}, so it is no folder of results`);
      paths.delete(path);
    }
  }
  return { paths: [...paths], notes };
}
