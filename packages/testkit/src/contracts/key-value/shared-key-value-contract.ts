/** What a `KeyValueDriver` that is `shared` promises to several processes: they are real ones here. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { KeyValueDriver } from '@quality-hub/protocol';
import type { SuiteFunctions } from '../describe-event-stream.ts';
import { isWhole } from './key-value-work.ts';

export interface SharedKeyValueSource {
  /** A place for a new store; every opener of one place sees the same. */
  location(): string | Promise<string>;
  /** URL of a module whose `openStore(location)` opens the driver there; loaded here and in the child processes. */
  readonly module: string;
}

/** The child program lies beside this file, as source or as built. */
const CHILD = fileURLToPath(new URL(`./key-value-child${import.meta.url.slice(-3)}`, import.meta.url));
const PROCESSES = 4;

/** Registers the suite. */
export function sharedKeyValueContract(
  name: string,
  { location, module }: SharedKeyValueSource,
  { describe, test }: SuiteFunctions,
): void {
  const openAt = async (place: string): Promise<KeyValueDriver> => {
    const { openStore } = (await import(module)) as { openStore: (place: string) => Promise<KeyValueDriver> };
    return openStore(place);
  };
  const start = (place: string, ...task: string[]): ChildProcess =>
    spawn(process.execPath, [CHILD, module, place, ...task], { stdio: ['ignore', 'pipe', 'inherit'] });
  const runAll = async (place: string, task: string, times: number): Promise<void> => {
    const children = Array.from({ length: PROCESSES }, (_, index) => start(place, task, `c${index}`, String(times)));
    const codes = await Promise.all(children.map(child => once(child, 'close').then(([code]) => code)));
    assert.deepEqual(codes, Array(PROCESSES).fill(0));
  };

  describe(`${name} keeps the contract of a shared store`, () => {
    test('what one opener writes, deletes and lets go is seen by the other at once', async () => {
      const place = await location();
      const [mine, theirs] = await Promise.all([openAt(place), openAt(place)]);
      assert.deepEqual([mine.shared, theirs.shared], [true, true]);
      const version = await mine.set('a', 'one');
      assert.deepEqual(await theirs.get('a'), { value: 'one', version });
      const later = await theirs.set('a', 'two', { ifVersion: version ?? -1 });
      assert.equal(await mine.set('a', 'three', { ifVersion: version ?? -1 }), undefined);
      assert.equal(await mine.delete('a', { ifVersion: later ?? -1 }), true);
      assert.equal(await theirs.get('a'), undefined);
      await mine.close();
      assert.ok(await theirs.set('b', 'still open'));
      await theirs.close();
    });

    test('processes that open a new store and count at the same time lose no count', async () => {
      const place = await location();
      await runAll(place, 'count', 100);
      const store = await openAt(place);
      assert.equal((await store.get('n'))?.value, String(PROCESSES * 100));
      await store.close();
    });

    test('of all processes that write where there is none, one wins each key', async () => {
      const place = await location();
      await runAll(place, 'claim', 200);
      const store = await openAt(place);
      const claims = await store.list('claim/');
      assert.equal(claims.length, 200);
      assert.equal(new Set(claims.map(({ version }) => version)).size, 200);
      await store.close();
    });

    test('a writer that is killed leaves a whole value, and the store free for others', async () => {
      const place = await location();
      const store = await openAt(place);
      for (let round = 0; round < 5; round++) {
        const writer = start(place, 'write');
        const ended = once(writer, 'close');
        if (writer.stdout) await once(writer.stdout, 'data');
        const before = (await store.get('written'))?.version ?? 0;
        while (((await store.get('written'))?.version ?? 0) <= before) await new Promise(setImmediate);
        writer.kill('SIGKILL');
        await ended;
        assert.ok(isWhole((await store.get('written'))?.value ?? ''));
        assert.ok(await store.set('after', String(round)));
      }
      await store.close();
    });
  });
}
