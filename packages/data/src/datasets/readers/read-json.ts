/** A list of JSON values, taken out of the text one by one: a list may be larger than memory. */
import { formatError } from '../dataset-errors.ts';
import { HEADER, type RowBatch, type RowSource, versionIn } from './row-batch.ts';

/** A file that is no list is read whole. */
const WHOLE_LIMIT = 64 * 1_048_576;

export async function* readJson(source: RowSource): AsyncGenerator<RowBatch> {
  const { path, chunks } = source;
  const decoder = new TextDecoder('utf-8');
  const items = new ListItems(path);
  let whole = '';
  let isList: boolean | undefined;
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    if (isList === undefined) {
      whole += text;
      const first = /[^\s\ufeff]/.exec(whole)?.[0];
      if (first === undefined) continue;
      isList = first === '[';
      if (isList) yield items.take(whole.replace(/^\ufeff/, ''));
    } else if (isList) yield items.take(text);
    else whole += text;
    if (isList === false && whole.length > WHOLE_LIMIT) {
      throw formatError(path, undefined, `no list, and longer than ${WHOLE_LIMIT} characters`);
    }
  }
  if (isList) items.end();
  else yield wholeOf(whole, source);
}

/** `{ "$dataset": { "version": 2 }, "rows": [ … ] }` */
function wholeOf(text: string, { path, onVersion }: RowSource): RowBatch {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw formatError(path, undefined, `no JSON (${(error as Error).message})`, error);
  }
  const { rows } = (value ?? {}) as { rows?: unknown };
  if (!Array.isArray(rows))
    throw formatError(path, undefined, `no list, and no object with "${HEADER}" and a list "rows"`);
  const version = versionIn(value);
  if (version !== undefined) onVersion(version);
  return { rows, lines: rows.map(() => undefined) };
}

const QUOTE = 34;
const BACKSLASH = 92;

/** Finds where each item of a list begins and ends; what is inside is left to `JSON.parse`. */
class ListItems {
  readonly #path: string;
  /** The item that has begun. */
  #item = '';
  #itemLine = 1;
  #line = 1;
  #depth = 0;
  #inText = false;
  #isEscaped = false;
  #isOver = false;
  #needsItem = false;

  constructor(path: string) {
    this.#path = path;
  }

  take(text: string): RowBatch {
    const rows: unknown[] = [];
    const lines: number[] = [];
    let from = 0;
    const close = (to: number): void => {
      const item = this.#item + text.slice(from, to);
      this.#item = '';
      if (item.trim() === '') {
        if (this.#needsItem || !this.#isOver)
          throw formatError(this.#path, this.#line, 'an item of the list is missing');
        return;
      }
      // Of its first character, not of the space before it.
      const line = this.#itemLine + (/^\s*/.exec(item)?.[0].split('\n').length ?? 1) - 1;
      try {
        rows.push(JSON.parse(item));
      } catch (error) {
        throw formatError(this.#path, line, `no JSON (${(error as Error).message})`, error);
      }
      lines.push(line);
    };
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#inText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (code === BACKSLASH) this.#isEscaped = true;
        else if (code === QUOTE) this.#inText = false;
        if (code === 10) this.#line++;
        continue;
      }
      if (this.#isOver && code > 32)
        throw formatError(this.#path, this.#line, 'there is more after the end of the list');
      if (code > 125 || (code > 93 && code < 123)) continue;
      if (code === 10) this.#line++;
      else if (code === QUOTE) this.#inText = true;
      else if (code === 91 || code === 123) {
        if (++this.#depth === 1) {
          from = at + 1;
          this.#itemLine = this.#line;
        }
      } else if (code === 93 || code === 125) {
        if (--this.#depth === 0) {
          this.#isOver = true;
          close(at);
          from = at + 1;
        }
      } else if (code === 44 && this.#depth === 1) {
        close(at);
        this.#needsItem = true;
        from = at + 1;
        this.#itemLine = this.#line;
      }
    }
    if (this.#depth > 0) this.#item += text.slice(from);
    return { rows, lines };
  }

  /** @throws {DatasetError} (`QH_DATASET_FORMAT`) where the list has no end. */
  end(): void {
    if (!this.#isOver) throw formatError(this.#path, this.#line, 'the list has no end');
  }
}
