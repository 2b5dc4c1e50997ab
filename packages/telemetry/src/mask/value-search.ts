/** Finds the values of a mask in a text, in every form, also where a copy was cut off. */
import { encodedForms } from './encoded-forms.ts';
import { SkipSearch } from './skip-search.ts';

/** Needles from here on are searched for by themselves: a short one would slow all others down. */
const LONG = 12;
/** Of a longer needle so much is enough to be told; it is followed as far as it goes on. */
const HEAD = 48;
/** Less of a value than this, at the end of a cut text, is not taken for it. */
const SHORTEST_TAIL = 8;

/** Where something stands that must not be seen. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Spans {
  /** Sorted, and none overlaps another. Of a long value that is cut off: what there is of it. */
  readonly spans: readonly Span[];
  /** A long value begins here and goes on as far as the text does. Undefined where none does. */
  readonly unfinishedFrom: number | undefined;
}

const NONE: Spans = { spans: [], unfinishedFrom: undefined };

export class ValueSearch {
  readonly #groups: readonly SkipSearch[];
  /** Needles that are longer than their heads. */
  readonly #byHead = new Map<string, string[]>();
  /** Heads by their first two characters. */
  readonly #byStart = new Map<string, Set<string>>();
  readonly #firstCharacters = new Set<string>();

  /** @param formsOf What a value looks like in the texts that are searched. */
  constructor(values: Iterable<string>, formsOf: (value: string) => Iterable<string> = encodedForms) {
    const short = new Set<string>();
    const long = new Set<string>();
    for (const value of values) {
      for (const needle of formsOf(value)) {
        const head = needle.slice(0, HEAD);
        (head.length < LONG ? short : long).add(head);
        if (needle.length > HEAD) this.#byHead.set(head, [...(this.#byHead.get(head) ?? []), needle]);
        const start = head.slice(0, 2);
        this.#byStart.set(start, (this.#byStart.get(start) ?? new Set()).add(head));
        this.#firstCharacters.add(head.slice(0, 1));
      }
    }
    this.#groups = [short, long].filter(({ size }) => size > 0).map(needles => new SkipSearch(needles));
  }

  find(text: string): Spans {
    let found: Span[] | undefined;
    let unfinishedFrom: number | undefined;
    for (const group of this.#groups)
      group.each(text, (start, end) => {
        const needles = end - start === HEAD ? this.#byHead.get(text.slice(start, end)) : undefined;
        const reached = needles === undefined ? end : Math.max(...needles.map(needle => reach(text, start, needle)));
        if (reached === text.length && needles?.some(({ length }) => length > reached - start))
          unfinishedFrom = Math.min(start, unfinishedFrom ?? start);
        found ??= [];
        found.push({ start, end: reached });
      });
    return found === undefined ? NONE : { spans: merged(found), unfinishedFrom };
  }

  /**
   * From where on the end of `text` may be the beginning of a value that {@link find} has not seen, as early as possible; its
   * length where it cannot.
   */
  openEnd(text: string): number {
    return this.#tail(text, 1);
  }

  /** As {@link openEnd}, of a text that was cut off: a few characters may be the beginning of anything. */
  cutEnd(text: string): number {
    return this.#tail(text, SHORTEST_TAIL);
  }

  #tail(text: string, shortest: number): number {
    for (let start = Math.max(0, text.length - HEAD + 1); start <= text.length - shortest; start++) {
      if (start === text.length - 1) return this.#firstCharacters.has(text.slice(start)) ? start : text.length;
      const tail = text.slice(start);
      for (const head of this.#byStart.get(tail.slice(0, 2)) ?? [])
        if (head.length > tail.length && head.startsWith(tail)) return start;
    }
    return text.length;
  }
}

/** Where a needle whose head stands at `start` is no longer there. */
function reach(text: string, start: number, needle: string): number {
  let at = HEAD;
  while (at < needle.length && text.charCodeAt(start + at) === needle.charCodeAt(at)) at++;
  return start + at;
}

function merged(found: readonly Span[]): readonly Span[] {
  if (found.length === 1) return found;
  const spans: Span[] = [];
  for (const span of found.toSorted((a, b) => a.start - b.start)) {
    const last = spans.at(-1);
    if (last === undefined || span.start >= last.end) spans.push(span);
    else if (span.end > last.end) spans[spans.length - 1] = { start: last.start, end: span.end };
  }
  return spans;
}
