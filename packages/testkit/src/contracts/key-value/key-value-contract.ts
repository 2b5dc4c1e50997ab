/** What every `KeyValueDriver` promises, as a suite for Vitest, or any runner with `describe` and `test`. */
import assert from 'node:assert/strict';
import { isQualityHubError, type KeyValueDriver } from '@quality-hub/protocol';
import type { SuiteFunctions } from '../describe-event-stream.ts';
import { countOnce } from './key-value-work.ts';

export interface KeyValueSource {
  /** Opens the driver on an empty store of its own. `now` is the clock it has to live by. */
  open(now?: () => number): Promise<KeyValueDriver>;
}

/** Registers the suite. What one process cannot show is in {@link sharedKeyValueContract}. */
export function keyValueContract(name: string, { open }: KeyValueSource, { describe, test }: SuiteFunctions): void {
  const check = (fact: string, body: (store: KeyValueDriver) => Promise<void>, now?: () => number): void =>
    test(fact, async () => {
      const store = await open(now);
      try {
        await body(store);
      } finally {
        await store.close();
      }
    });

  describe(`${name} keeps the key-value contract`, () => {
    check('a value is read as it was written, with its version', async store => {
      assert.equal(await store.get('a'), undefined);
      const version = await store.set('a', 'one');
      assert.ok(version !== undefined && version > 0, `version ${version}`);
      assert.deepEqual(await store.get('a'), { value: 'one', version });
    });

    check('any text is kept: empty, long, with zeros, quotes and characters of all planes', async store => {
      const values = ['', '\0a\0', `'"%_*?\\`, 'ä€😀', 'x'.repeat(100_000)];
      for (const [index, value] of values.entries()) {
        const key = `key ${index} '"%_*?\\ä€😀`;
        await store.set(key, value);
        assert.equal((await store.get(key))?.value, value);
      }
      const listed = (await store.list('key ')).map(({ key, value }) => [Number(key.split(' ')[1]), value]);
      assert.deepEqual(listed, [...values.entries()]);
    });

    check('a version grows with every write, also across a deletion', async store => {
      const versions = [await store.set('a', '1'), await store.set('a', '1')];
      await store.delete('a');
      versions.push(await store.set('a', '1'));
      assert.ok(isRising(versions), `versions ${versions}`);
    });

    check('a write with ifVersion happens on that version alone', async store => {
      const first = await store.set('a', 'one');
      assert.equal(await store.set('a', 'two', { ifVersion: (first ?? 0) + 1000 }), undefined);
      assert.equal((await store.get('a'))?.value, 'one');
      const second = await store.set('a', 'two', { ifVersion: first ?? -1 });
      assert.ok(isRising([first, second]));
      assert.equal(await store.set('a', 'three', { ifVersion: first ?? -1 }), undefined);
      assert.deepEqual(await store.get('a'), { value: 'two', version: second });
    });

    check('ifVersion 0 means: only where there is none', async store => {
      const first = await store.set('a', 'one', { ifVersion: 0 });
      assert.equal(await store.set('a', 'two', { ifVersion: 0 }), undefined);
      assert.deepEqual(await store.get('a'), { value: 'one', version: first });
      assert.equal(await store.set('b', 'one', { ifVersion: 7 }), undefined);
      assert.equal(await store.get('b'), undefined);
    });

    check('a deletion tells whether there was something, of that version', async store => {
      assert.equal(await store.delete('a'), false);
      const version = await store.set('a', 'one');
      assert.equal(await store.delete('a', { ifVersion: (version ?? 0) + 1 }), false);
      assert.equal(await store.delete('a', { ifVersion: version ?? -1 }), true);
      assert.equal(await store.get('a'), undefined);
      assert.equal(await store.delete('a', { ifVersion: 0 }), false);
    });

    check('a list holds the keys with that very beginning, by their code points', async store => {
      for (const key of ['p_', 'p%', 'pa', 'p', 'P', 'q', 'p\u{1F600}', 'p\uFFFD', 'pa/b']) await store.set(key, key);
      const keys = async (prefix: string) => (await store.list(prefix)).map(({ key }) => key);
      assert.deepEqual(await keys('p'), ['p', 'p%', 'p_', 'pa', 'pa/b', 'p\uFFFD', 'p\u{1F600}']);
      assert.deepEqual(await keys('p_'), ['p_']);
      assert.deepEqual(await keys('p%'), ['p%']);
      assert.deepEqual(await keys('pa/c'), []);
      assert.equal((await keys('')).length, 9);
      const [entry] = await store.list('q');
      assert.deepEqual(entry, { key: 'q', ...(await store.get('q')) });
    });

    check('wrong keys, values, lifetimes and versions are refused', async store => {
      const refused = async (work: () => Promise<unknown>): Promise<void> => {
        const error = await work().catch(thrown => thrown);
        assert.ok(isQualityHubError(error) && error.code === 'QH_OPTION', String(error));
      };
      for (const key of ['', 'a\0', 'a\n', 'a\uFFFF', 'a\uD800', 'x'.repeat(513)]) {
        await refused(() => store.set(key, ''));
        await refused(() => store.get(key));
      }
      await refused(() => store.set('a', '\uD800'));
      await refused(() => store.set('a', 'x'.repeat(1_048_577)));
      for (const ttlMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
        await refused(() => store.set('a', '', { ttlMs }));
      for (const ifVersion of [-1, 0.5]) await refused(() => store.set('a', '', { ifVersion }));
      await refused(() => store.delete('a', { ifVersion: -1 }));
      await refused(() => store.list('a\0'));
      assert.deepEqual(await store.list(''), []);
    });

    check('writes at the same time are counted one by one', async store => {
      await Promise.all(Array.from({ length: 40 }, () => countOnce(store, 'n')));
      assert.equal((await store.get('n'))?.value, '40');
    });

    registerLifetimes(check);

    test('after its end every call is refused, and ending twice is ending once', async () => {
      const store = await open();
      await store.close();
      await store.close();
      const calls = [store.get('a'), store.set('a', ''), store.delete('a'), store.list('')];
      for (const result of await Promise.allSettled(calls)) {
        const error = result.status === 'rejected' ? result.reason : undefined;
        assert.ok(isQualityHubError(error) && error.code === 'QH_STATE_CLOSED', String(error));
      }
    });
  });
}

type Check = (fact: string, body: (store: KeyValueDriver) => Promise<void>, now?: () => number) => void;

function registerLifetimes(check: Check): void {
  let time = 1_000_000;
  const now = (): number => time;

  check(
    'a value that is past its lifetime is not there, for any call',
    async store => {
      const first = await store.set('a', 'one', { ttlMs: 100 });
      time += 99;
      assert.equal((await store.get('a'))?.value, 'one');
      time += 1;
      assert.equal(await store.get('a'), undefined);
      assert.deepEqual(await store.list(''), []);
      assert.equal(await store.delete('a'), false);
      assert.equal(await store.set('a', 'two', { ifVersion: first ?? -1 }), undefined);
      const second = await store.set('a', 'two', { ifVersion: 0 });
      assert.ok(isRising([first, second]), `versions ${first}, ${second}`);
    },
    now,
  );

  check(
    'a write begins a new lifetime, or none; one that does not happen leaves the old',
    async store => {
      await store.set('a', 'one', { ttlMs: 100 });
      await store.set('b', 'one', { ttlMs: 100 });
      await store.set('c', 'one', { ttlMs: 100 });
      await store.set('a', 'two');
      await store.set('b', 'two', { ttlMs: 300 });
      await store.set('c', 'two', { ttlMs: 300, ifVersion: 0 });
      time += 200;
      assert.deepEqual(
        (await store.list('')).map(({ key }) => key),
        ['a', 'b'],
      );
    },
    now,
  );

  check(
    'many short lives leave nothing behind',
    async store => {
      for (let index = 0; index < 600; index++) {
        await store.set(`short/${index}`, 'x', { ttlMs: 10 });
        time += 10;
      }
      assert.deepEqual(await store.list('short/'), []);
    },
    now,
  );
}

function isRising(versions: readonly (number | undefined)[]): boolean {
  return versions.every((version, index) => version !== undefined && version > (versions[index - 1] ?? 0));
}
