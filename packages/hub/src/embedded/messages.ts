/** What the runner's main thread and the hub's thread say to each other. */
import type { HubFolder } from '@quality-hub/telemetry';
import type { RunDigest } from '../report/run-report.ts';

export interface ThreadData {
  readonly folder: HubFolder;
  readonly runId: string;
}

/** Take in the rest, judge, and answer within `timeoutMs`: a length, since the clock may be set while the tests run. */
export interface FinishRequest {
  readonly type: 'finish';
  readonly timeoutMs: number;
}

export type ThreadRequest = FinishRequest | { readonly type: 'close' };

export type EmbeddedResult =
  | { readonly ok: true; readonly digest: RunDigest }
  /** One sentence for the terminal: what happened, and what to do. */
  | { readonly ok: false; readonly code: string; readonly sentence: string };
