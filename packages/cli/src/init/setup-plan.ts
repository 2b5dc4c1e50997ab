/** What `init` would change, and what it leaves to the user. */
import type { Edit } from './source/edit.ts';

export interface FileChange {
  readonly path: string;
  /** Undefined for a file that is not there yet. */
  readonly before: string | undefined;
  readonly edits: readonly Edit[];
}

export interface SetupPlan {
  readonly changes: readonly FileChange[];
  /** Parts that have to be done by hand, one sentence each. */
  readonly byHand: readonly string[];
  /** What is good to know, one sentence each. */
  readonly notes: readonly string[];
  /** Command that installs what was added. */
  readonly install: string;
}
