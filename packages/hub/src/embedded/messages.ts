/** What the runner's main thread and the hub's thread say to each other. */
import type { HubFolder } from '@quality-hub/telemetry';
import type { RunDigest } from '../report/run-report.ts';

export interface ThreadData {
  readonly folder: HubFolder;
  readonly runId: string;
}

/** Take in the rest, judge, and answer before `deadlineAt` (milliseconds since 1970). */
export interface FinishRequest {
  readonly type: 'finish';
  readonly deadlineAt: number;
}

export type ThreadRequest = FinishRequest | { readonly type: 'close' };

export type EmbeddedResult =
  | { readonly ok: true; readonly digest: RunDigest }
  /** One sentence for the terminal: what happened, and what to do. */
  | { readonly ok: false; readonly code: string; readonly sentence: string };
