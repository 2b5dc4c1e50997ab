import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { listOf } from '../testing/list-of.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { batches } from './batches.ts';
import { collectWithin } from './collect-within.ts';
import { keysetPages, offsetPages, paginate } from './pages.ts';
import { roughSize } from './rough-size.ts';
import { spill } from './spill.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));

describe('pages', () => {
  test('a page is asked for when the one before is used up', async () => {
    const asked: (string | undefined)[] = [];
    const fetch = async (cursor?: string) => {
      asked.push(cursor);
      const page = Number(cursor ?? 0);
      return { items: [page * 2, page * 2 + 1], next: page < 2 ? String(page + 1) : undefined };
    };
    const seen: number[] = [];
    for await (const item of paginate(fetch)) {
      seen.push(item);
      expect(asked.length).toBe(Math.floor(item / 2) + 1);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
    // Who has enough stops.
    asked.length = 0;
    for await (const _ of paginate(fetch)) break;
    expect(asked).toEqual([undefined]);
  });

  test('the next one may be asked for ahead; that it fails is told when it is due', async () => {
    const asked: (number | undefined)[] = [];
    const fetch = async (cursor?: number) => {
      asked.push(cursor);
      if (cursor === 2) throw new Error('page 2 is broken');
      return { items: [cursor ?? 0], next: (cursor ?? 0) + 1 };
    };
    const seen: number[] = [];
    const reading = (async () => {
      for await (const item of paginate<number, number>(fetch, { ahead: true })) {
        seen.push(item);
        await new Promise(resolve => setImmediate(resolve));
        if (item === 0) expect(asked).toEqual([undefined, 1]);
      }
    })();
    await expect(reading).rejects.toThrow('page 2 is broken');
    expect(seen).toEqual([0, 1]);
  });

  test('a circle and a list without an end are told', async () => {
    const circle = paginate<number, string>(async () => ({ items: [1], next: 'again' }));
    await expect(listOf(circle)).rejects.toMatchObject({
      code: 'QH_DATA_PAGES',
      message: 'The page after "again" comes twice: it would never end',
    });
    const endless = paginate<number, number>(async (at = 0) => ({ items: [at], next: at + 1 }), { maxPages: 5 });
    await expect(listOf(endless)).rejects.toMatchObject({
      code: 'QH_DATA_PAGES',
      message: 'There are more than 5 pages',
    });
    const none = paginate<number, number>(async () => ({ items: [] }), { maxPages: 0 });
    await expect(listOf(none)).rejects.toMatchObject({ code: 'QH_OPTION' });
  });

  test('who ends it does not ask for another page', async () => {
    const over = new AbortController();
    let pages = 0;
    const fetch = async (at = 0) => {
      pages++;
      return { items: [at], next: at + 1 };
    };
    const reading = (async () => {
      for await (const item of paginate<number, number>(fetch, { signal: over.signal })) {
        if (item === 2) over.abort(new Error('the test is over'));
      }
    })();
    await expect(reading).rejects.toThrow('the test is over');
    expect(pages).toBe(3);
  });

  test('a server that gives fewer than it was asked for loses nothing', async () => {
    const all = numbers(23);
    const fetch = async (offset: number, limit: number) => all.slice(offset, offset + Math.min(limit, 5));
    expect(await listOf(offsetPages(fetch, { limit: 10 }))).toEqual(all);
  });

  test('keys lead from page to page, while rows are added before and behind', async () => {
    const rows = numbers(25).map(({ id }) => id * 2 + 10);
    const asked: (number | undefined)[] = [];
    const fetch = async (after: number | undefined, limit: number) => {
      asked.push(after);
      if (after === 28) rows.push(1, 61);
      return rows
        .toSorted((a, b) => a - b)
        .filter(id => after === undefined || id > after)
        .slice(0, limit);
    };
    const seen = await listOf(keysetPages<number, number>(fetch, { keyOf: id => id, limit: 10 }));
    expect(seen).toEqual([...numbers(25).map(({ id }) => id * 2 + 10), 61]);
    expect(asked).toEqual([undefined, 28, 48]);
    const stuck = keysetPages<number, string>(async () => [1, 2], { keyOf: () => 'same', limit: 2 });
    await expect(listOf(stuck)).rejects.toMatchObject({ code: 'QH_DATA_PAGES' });
  });
});

test('rows come in lists of a size', async () => {
  expect(await listOf(batches([1, 2, 3, 4, 5], 2))).toEqual([[1, 2], [3, 4], [5]]);
  expect(await listOf(batches([], 2))).toEqual([]);
  await expect(listOf(batches([1], 0))).rejects.toMatchObject({ code: 'QH_OPTION' });
});

test('sizes are about right', () => {
  expect(roughSize({ id: 1, name: 'Ann' })).toBe(32 + 8 + 8 + 8 + 27);
  expect(roughSize(new Uint8Array(100))).toBe(132);
  expect(roughSize([null, undefined, true])).toBe(32 + 3 * 16);
});

describe('memory', () => {
  test('what fits is a list', async () => {
    expect(await collectWithin(numbers(3), { maxBytes: 1_000, what: 'ids' })).toEqual(numbers(3));
  });

  test('who takes too much is named, before all of it is there', async () => {
    let made = 0;
    const endless = function* () {
      for (;;) yield { id: made++, text: 'x'.repeat(1_000) };
    };
    const collecting = collectWithin(endless(), {
      maxBytes: 20_000_000,
      what: 'the query of orders',
      by: 'buys a book',
    });
    await expect(collecting).rejects.toMatchObject({
      code: 'QH_DATA_MEMORY',
      message: expect.stringMatching(
        /^the query of orders is too large to be held as a whole by "buys a book": its first \d+ rows take 20 MB, and 20 MB are allowed$/,
      ),
      hint: expect.stringContaining('row by row'),
    });
    expect(made).toBeLessThan(25_000);
  });
});

describe('spilling', () => {
  test('what fits stays in memory', async () => {
    const rows = await spill(numbers(10));
    expect([rows.isOnDisk, rows.length]).toEqual([false, 10]);
    expect(await listOf(rows)).toEqual(numbers(10));
    await rows.close();
    await expect(listOf(rows)).rejects.toMatchObject({ code: 'QH_DATA_SPILL' });
  });

  test('what does not fit goes to a file without a name, and comes back as often as wanted', async () => {
    const folder = scratchFolder();
    const all = Array.from({ length: 20_000 }, (_, id) => ({ id, text: 'ä😀'.repeat(id % 20) }));
    const rows = await spill(all, { maxBytes: 100_000, folder });
    expect([rows.isOnDisk, rows.length, readdirSync(folder)]).toEqual([true, 20_000, []]);
    const [one, two] = await Promise.all([listOf(rows), listOf(rows)]);
    expect(one).toEqual(all);
    expect(two).toEqual(all);
    const reading = rows[Symbol.asyncIterator]();
    await reading.next();
    await rows[Symbol.asyncDispose]();
    const rest = (async () => {
      while (!(await reading.next()).done);
    })();
    await expect(rest).rejects.toMatchObject({ code: 'QH_DATA_SPILL' });
  });

  test('a source that fails leaves nothing', async () => {
    const failing = function* () {
      yield* numbers(1_000);
      throw new Error('no more');
    };
    await expect(spill(failing(), { maxBytes: 0, folder: scratchFolder() })).rejects.toThrow('no more');
    await expect(spill([], { maxBytes: -1 })).rejects.toMatchObject({ code: 'QH_OPTION' });
  });
});
