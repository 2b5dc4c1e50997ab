/** Masks a text that comes in pieces, wherever they are cut. */
import type { ValueSearch } from './value-search.ts';

/** A longer line is not kept back as a whole, only what may be the beginning of a value at its end. */
const LONGEST_LINE = 16_384;

export interface MaskStream {
  /** Takes a piece, and returns what is safe to show by now: whole lines. */
  push(piece: string): string;
  /** Nothing more comes: returns the rest. */
  end(): string;
}

/**
 * @param search Asked anew for each piece: values may be added meanwhile.
 * @param finish Masks what is told by its surroundings, in what leaves.
 */
export function createMaskStream(
  search: () => ValueSearch,
  { masked, finish = text => text }: { masked: string; finish?: (text: string) => string },
): MaskStream {
  /** Was not shown yet. */
  let kept = '';
  /** So much of `kept` stands under a mark that was shown already. */
  let covered = 0;

  const take = (text: string, isLast: boolean): string => {
    const values = search();
    const { spans, unfinishedFrom = text.length } = values.find(text);
    const limit = isLast ? text.length : lineEnd(text, Math.min(unfinishedFrom, values.openEnd(text)));
    let shown = '';
    let from = Math.min(covered, limit);
    let coveredTo = covered;
    for (const { start, end } of spans) {
      if (start >= limit) break;
      if (start >= coveredTo) shown += text.slice(from, start) + masked;
      coveredTo = Math.max(coveredTo, end);
      from = coveredTo;
    }
    shown += text.slice(Math.min(from, limit), limit);
    kept = text.slice(limit);
    covered = Math.max(0, coveredTo - limit);
    return finish(shown);
  };

  return {
    push: piece => take(kept + piece, false),
    end: () => take(kept, true),
  };
}

/** The end of the last whole line before `limit`. */
function lineEnd(text: string, limit: number): number {
  const end = limit === 0 ? 0 : text.lastIndexOf('\n', limit - 1) + 1;
  return limit - end > LONGEST_LINE ? limit : end;
}
