/** The runner's own last door: what its process prints without telling a reporter, such as a global setup's output. */
import { isUtf8 } from 'node:buffer';
import type { Mask } from '@quality-hub/telemetry';

/** A stream that is written to, as `process.stdout` is. */
export interface Terminal {
  write: NodeJS.WriteStream['write'];
}

/**
 * Masks the values in what is written to the terminals from now on, each piece by itself: one that is written in two pieces
 * is not known. A piece without a value is passed on untouched, and so is one that cannot be masked.
 *
 * @returns puts back what was there; does nothing where somebody else has wrapped the stream since.
 */
export function maskTerminals(terminals: readonly Terminal[], mask: Pick<Mask, 'values'>): () => void {
  const undo = terminals.map(terminal => {
    const before = terminal.write;
    const write = ((piece: string | Uint8Array, ...rest: []) =>
      before.call(terminal, maskedPiece(piece, mask), ...rest)) as Terminal['write'];
    terminal.write = write;
    return () => {
      if (terminal.write === write) terminal.write = before;
    };
  });
  return () => {
    for (const putBack of undo) putBack();
  };
}

function maskedPiece(piece: string | Uint8Array, mask: Pick<Mask, 'values'>): string | Uint8Array {
  try {
    if (typeof piece === 'string') return mask.values(piece);
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    // Byte by byte where characters are broken: nothing but what is masked changes.
    const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
    const text = bytes.toString(encoding);
    const masked = mask.values(text);
    return masked === text ? piece : Buffer.from(masked, encoding);
  } catch {
    return piece;
  }
}
