/** The words in which a failure is told: does it last, whose is it, may the work have been done. */

/** Whether the same thing may go well a little later. */
export type Lasting = 'transient' | 'permanent';

/** Whose failure it is: of what was asked for, of who was asked, of the way there, of the data, of a login. */
export type Blame = 'caller' | 'dependency' | 'network' | 'data' | 'credential';

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
  /** How long the other side asks to be left alone. */
  readonly retryAfterMs?: number;
}

/** A failure of the way there, or of its end: `[lasting, blame, applied, answered]` in the tables beside. */
export type Row = readonly [Lasting, Blame, 'no' | 'maybe', boolean];

export const NOT_REACHED: Row = ['transient', 'network', 'no', false];
export const CUT: Row = ['transient', 'network', 'maybe', false];
export const UNTRUSTED: Row = ['permanent', 'network', 'no', false];
export const SILENT: Row = ['transient', 'dependency', 'maybe', false];
export const BUSY: Row = ['transient', 'dependency', 'no', true];
export const BROKEN: Row = ['permanent', 'dependency', 'maybe', true];
export const CONFLICT: Row = ['transient', 'data', 'no', true];
export const BAD_DATA: Row = ['permanent', 'data', 'no', true];
export const DENIED: Row = ['permanent', 'credential', 'no', true];
export const WRONG_CALL: Row = ['permanent', 'caller', 'no', true];
/** Wrong before anything was sent: it says nothing about the other side. */
export const OWN_MISTAKE: Row = ['permanent', 'caller', 'no', false];

export function fromRow([lasting, blame, applied, answered]: Row, code?: string): Classification {
  return code === undefined ? { lasting, blame, applied, answered } : { lasting, blame, applied, answered, code };
}
