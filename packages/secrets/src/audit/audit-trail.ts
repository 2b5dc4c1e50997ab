/** Who had which secret, when and why: an append-only file, each line bound to the one before it. Never a value. */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** What somebody did with a secret; or, by hand, with a lock or a member of a pool (`broken`, `pardoned`). */
export interface AuditEntry {
  readonly action:
    | 'read'
    | 'revealed'
    | 'renewed'
    | 'refused'
    | 'failed'
    | 'written'
    | 'unsafe'
    | 'broken'
    | 'pardoned';
  readonly name: string;
  /** What of it, where it was not the whole value: `user`. */
  readonly part?: string;
  readonly store?: string;
  readonly version?: string;
  /** Title of the test, or what else it was for. */
  readonly by?: string;
  readonly why?: string;
}

export interface AuditLine extends AuditEntry {
  readonly runId: string;
  readonly writer: string;
  /** From 1, without gaps. */
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  /** Hash of the line before; of the first line, that of nothing. */
  readonly before: string;
  /** SHA-256 of this line without `hash`, in hex. */
  readonly hash: string;
}

export interface AuditTrailOptions {
  readonly path: string;
  readonly runId: string;
  /** Names the process; each has a file of its own. */
  readonly writer: string;
  /** Wall clock. @default the system's */
  readonly now?: () => Date;
}

/** The hash that stands before the first line. */
export const CHAIN_START = hashOf('');

/** A chain that ends: whoever keeps the last hash elsewhere can tell that nothing was taken from its end. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

export class AuditTrail {
  readonly #options: AuditTrailOptions;
  #end: ChainEnd = { seq: 0, hash: CHAIN_START };

  constructor(options: AuditTrailOptions) {
    this.#options = options;
  }

  get end(): ChainEnd {
    return this.#end;
  }

  /** On the disk when this returns. @throws what the file system says; the entry is not in the chain then. */
  add(entry: AuditEntry): void {
    const { path, runId, writer, now = () => new Date() } = this.#options;
    const { seq, hash: before } = this.#end;
    const line = { runId, writer, seq: seq + 1, at: now().toISOString(), ...entry, before };
    const hash = hashOf(JSON.stringify(line));
    if (seq === 0) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    appendFileSync(path, `${JSON.stringify({ ...line, hash })}\n`, { mode: 0o600 });
    this.#end = { seq: seq + 1, hash };
  }
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
