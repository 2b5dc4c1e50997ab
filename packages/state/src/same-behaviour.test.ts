import { join } from 'node:path';
import type { KeyValueDriver } from '@quality-hub/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSqliteDriver } from './drivers/sqlite.ts';
import { createMemoryDriver } from './index.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

const key = fc.constantFrom('a', 'a/b', 'ab', 'ä', '😀');
/** 0: none; 1: the version that is there; 2: one that is not. */
const version = fc.option(fc.constantFrom(0, 1, 2), { nil: undefined });
const step = fc.oneof(
  fc.record({
    type: fc.constant('set' as const),
    key,
    value: fc.string({ maxLength: 5, unit: 'grapheme' }),
    ttlMs: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
    version,
  }),
  fc.record({ type: fc.constant('delete' as const), key, version }),
  fc.record({ type: fc.constant('list' as const), key: fc.constantFrom('', 'a', 'a/', 'x') }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

test('both drivers answer alike, whatever is done with them', async () => {
  let runs = 0;
  const folder = scratchFolder();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
      let time = 0;
      const now = (): number => time;
      const memory = createMemoryDriver({ now });
      const sqlite = await openSqliteDriver({ path: join(folder, `${runs++}.db`), now });
      for (const one of steps) {
        if (one.type === 'wait') time += one.ms;
        else expect(await apply(sqlite, one)).toEqual(await apply(memory, one));
      }
      await sqlite.close();
    }),
    { numRuns: 60 },
  );
});

async function apply(store: KeyValueDriver, one: Exclude<Step, { type: 'wait' }>): Promise<unknown> {
  if (one.type === 'list') return (await store.list(one.key)).map(({ key, value }) => [key, value]);
  const found = await store.get(one.key);
  const known = [0, found?.version ?? 0, (found?.version ?? 0) + 999];
  const ifVersion = one.version === undefined ? {} : { ifVersion: known[one.version] ?? 0 };
  if (one.type === 'delete') return store.delete(one.key, ifVersion);
  const ttl = one.ttlMs === undefined ? {} : { ttlMs: one.ttlMs };
  const version = await store.set(one.key, one.value, { ...ttl, ...ifVersion });
  const after = await store.get(one.key);
  return { wasWritten: version !== undefined, isRead: after?.version === version, value: after?.value };
}
