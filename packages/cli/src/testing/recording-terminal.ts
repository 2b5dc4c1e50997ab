/** A terminal that keeps what is written, for tests. */
import type { Terminal } from '../terminal/terminal.ts';

export interface RecordingTerminal extends Terminal {
  readonly lines: string[];
  readonly errors: string[];
}

export function recordingTerminal(width = Number.POSITIVE_INFINITY): RecordingTerminal {
  const lines: string[] = [];
  const errors: string[] = [];
  return {
    lines,
    errors,
    out: line => void lines.push(line),
    err: line => void errors.push(line),
    paint: (_, text) => text,
    paintErr: (_, text) => text,
    width,
  };
}
