/** Where the trails ended, as the hub has kept it with the evidence of the attempts. */
import { basename } from 'node:path';
import type { ChainEnd } from '@quality-hub/secrets';
import { hubFolderAt, runSpoolFolder } from '@quality-hub/telemetry';
import type { CommandContext } from '../command-line/command.ts';
import { withHub } from '../hub-access/with-hub.ts';

const NOTE = 'secrets.audit';
const MOST_RUNS = 10_000;

export interface Anchor extends ChainEnd {
  /** Folder of the run. */
  readonly run: string;
}

/** The last end of each trail by its writer, for runs whose folders are named. */
export async function auditAnchors(
  context: CommandContext,
  hub: string,
  runs: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Anchor>> {
  const folder = hubFolderAt(hub);
  const ends = new Map<string, Anchor>();
  await withHub(
    context,
    async opened => {
      for (const { id } of await opened.runs({ limit: MOST_RUNS })) {
        const run = basename(runSpoolFolder(folder, id));
        if (!runs.has(run)) continue;
        for (const note of await opened.notes(id, NOTE)) {
          const { writer, seq, hash } = note as ChainEnd & { readonly writer: string };
          if (seq > (ends.get(writer)?.seq ?? 0)) ends.set(writer, { run, seq, hash });
        }
      }
    },
    folder,
  );
  return ends;
}
