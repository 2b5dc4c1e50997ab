/** A terminal that keeps what is written, for tests. */
import type { Terminal } from '../terminal/terminal.ts';

export interface RecordingTerminal extends Terminal {
  readonly lines: string[];
  readonly errors: string[];
}

/** @param answer What the user types; without it there is nobody to ask. @param piped What comes through a pipe. */
export function recordingTerminal(
  width = Number.POSITIVE_INFINITY,
  answer?: () => string,
  piped?: string,
): RecordingTerminal {
  const lines: string[] = [];
  const errors: string[] = [];
  const ask = async (question: string): Promise<string> => {
    lines.push(question);
    return answer?.() ?? '';
  };
  return {
    lines,
    errors,
    out: line => void lines.push(line),
    err: line => void errors.push(line),
    paint: (_, text) => text,
    paintErr: (_, text) => text,
    width,
    ...(answer ? { ask, askHidden: ask } : {}),
    ...(piped === undefined ? {} : { piped: async () => piped }),
  };
}
