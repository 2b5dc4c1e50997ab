/** Where the tests of a folder's runs left their files. */
import type { RunStore } from '../store/run-store.ts';

/** Older runs than this many have nothing there any more: Playwright empties the folder at the start of each run. */
const LOOKED_AT = 100;

export interface OutputFolder {
  /** Absolute, as the machine of the run knew it. */
  readonly path: string;
  /** The newest run that used it. */
  readonly runId: string;
  /** Name of the machine it ran on. */
  readonly host: string;
  /** That run did not come to its end: what lies there was not looked after. */
  readonly isLeft: boolean;
}

export async function outputFoldersOf(store: RunStore): Promise<readonly OutputFolder[]> {
  const folders = new Map<string, OutputFolder>();
  for (const { runId, state, facts } of await store.runs(LOOKED_AT)) {
    for (const path of facts?.outputDirs ?? []) {
      if (!folders.has(path)) folders.set(path, { path, runId, host: facts?.host ?? '', isLeft: state === 'lost' });
    }
  }
  return [...folders.values()];
}
