/** The words in which a failure is told: does it last, whose is it, may the work have been done. */

/** Whether the same thing may go well a little later. */
export type Lasting = 'transient' | 'permanent';

/** Whose failure it is: of what was asked for, of who was asked, of the way there, of the data, of a login. */
export type Blame = 'caller' | 'dependency' | 'network' | 'data' | 'credential';

/** How a connection failed: not made, broken off, no way there (or none that is trusted), or nobody spoke in time. */
export type Breakdown = 'refused' | 'cut' | 'unreachable' | 'silent';

export interface Classification {
  readonly lasting: Lasting;
  readonly blame: Blame;
  /** `no`: the work was certainly not done, so doing it again is safe whatever it is. */
  readonly applied: 'no' | 'maybe';
  /** The other side has spoken: it is alive, whatever it thinks of what it was asked. */
  readonly answered: boolean;
  /** It was too many calls, not a wrong one: HTTP 429 and its like. */
  readonly throttled?: boolean;
  /** What it was told by: `ECONNREFUSED`, `HTTP 503`, `40P01`. */
  readonly code?: string;
  /** Where the connection failed: how. */
  readonly breakdown?: Breakdown;
  /** How long the other side asks to be left alone. */
  readonly retryAfterMs?: number;
}

/** A failure of the way there, or of its end: `[lasting, blame, applied, answered, breakdown]` in the tables beside. */
export type Row = readonly [Lasting, Blame, 'no' | 'maybe', boolean, Breakdown?];

export const NOT_REACHED: Row = ['transient', 'network', 'no', false, 'unreachable'];
export const REFUSED: Row = ['transient', 'network', 'no', false, 'refused'];
export const NOT_REACHED_IN_TIME: Row = ['transient', 'network', 'no', false, 'silent'];
export const CUT: Row = ['transient', 'network', 'maybe', false, 'cut'];
export const CUT_IN_SILENCE: Row = ['transient', 'network', 'maybe', false, 'silent'];
export const UNTRUSTED: Row = ['permanent', 'network', 'no', false, 'unreachable'];
export const SILENT: Row = ['transient', 'dependency', 'maybe', false, 'silent'];
export const BUSY: Row = ['transient', 'dependency', 'no', true];
export const BROKEN: Row = ['permanent', 'dependency', 'maybe', true];
export const CONFLICT: Row = ['transient', 'data', 'no', true];
export const BAD_DATA: Row = ['permanent', 'data', 'no', true];
export const DENIED: Row = ['permanent', 'credential', 'no', true];
export const WRONG_CALL: Row = ['permanent', 'caller', 'no', true];
/** Wrong before anything was sent: it says nothing about the other side. */
export const OWN_MISTAKE: Row = ['permanent', 'caller', 'no', false];

export function fromRow([lasting, blame, applied, answered, breakdown]: Row, code?: string): Classification {
  return {
    lasting,
    blame,
    applied,
    answered,
    ...(breakdown === undefined ? {} : { breakdown }),
    ...(code === undefined ? {} : { code }),
  };
}
