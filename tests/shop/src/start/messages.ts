/** What the starting process and its two servers say to each other. */
import type { SwitchState } from '../switches/schema.ts';

/** Answered by `applied` or `failed` with the same turn. A server listens from the first one on. */
export interface ApplyMessage {
  readonly type: 'apply';
  readonly turn: number;
  readonly switches: readonly SwitchState[];
  readonly listening: boolean;
}

export type ServerMessage =
  | { readonly type: 'applied'; readonly turn: number; readonly port: number; readonly states: readonly SwitchState[] }
  | { readonly type: 'failed'; readonly turn: number; readonly reason: string }
  /** Sent before a switched crash, so that the counts outlive the process. */
  | { readonly type: 'crashing'; readonly downMs: number; readonly states: readonly SwitchState[] };
