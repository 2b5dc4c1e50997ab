import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, LedgerEntry, RecordKind } from '../ledger/ledger.ts';
import { ledgerEntry } from '../testing/ledger-entry.ts';
import { removeAll } from './remove-all.ts';

const LEDGER = { gone: async () => {}, failed: async () => {} };
/** Tries are made at once: what is asked here is the order. */
const CLOCK = { now: () => 0, after: () => () => {}, sleep: sleepNot };

async function sleepNot(ms: number): Promise<void> {
  if (ms > 5_000) await new Promise(() => {});
}

async function removed(entries: readonly LedgerEntry[], failing: ReadonlySet<Json> = new Set(), concurrency = 3) {
  const steps: string[] = [];
  const kind: RecordKind<undefined> = {
    name: 'order',
    version: 1,
    remove: async record => {
      steps.push(`begin ${record}`);
      await new Promise(setImmediate);
      if (failing.has(record)) throw new Error('refused');
      steps.push(`end ${record}`);
    },
  };
  const results = await removeAll(entries, {
    ledger: LEDGER,
    kinds: new Map([['order', kind]]),
    context: undefined,
    concurrency,
    clock: CLOCK,
  });
  return { steps, results };
}

test('what belongs to something goes before it, the newest first', async () => {
  const { steps } = await removed(
    [
      ledgerEntry('buyer', { intendedAt: 1 }),
      ledgerEntry('order', { intendedAt: 2, needs: ['buyer'] }),
      ledgerEntry('line', { intendedAt: 3, needs: ['order', 'product'] }),
      ledgerEntry('product', { intendedAt: 1 }),
    ],
    new Set(),
    1,
  );
  expect(steps.filter(step => step.startsWith('end'))).toEqual(['end line', 'end order', 'end product', 'end buyer']);
});

test('what needs each other is removed all the same, the newest first', async () => {
  const { steps, results } = await removed([
    ledgerEntry('a', { intendedAt: 1, needs: ['b'] }),
    ledgerEntry('b', { intendedAt: 2, needs: ['a'] }),
    ledgerEntry('self', { intendedAt: 3, needs: ['self'] }),
  ]);
  expect(results.map(({ outcome }) => outcome)).toEqual(['gone', 'gone', 'gone']);
  expect(steps.indexOf('end b')).toBeLessThan(steps.indexOf('begin a'));
});

test('whatever needs whatever, and whatever fails: nothing is removed before what needs it is gone', async () => {
  const graph = fc.array(
    fc.record({ needs: fc.array(fc.nat(30), { maxLength: 4 }), fails: fc.boolean(), at: fc.nat(5) }),
    {
      maxLength: 24,
    },
  );
  await fc.assert(
    fc.asyncProperty(graph, fc.integer({ min: 1, max: 6 }), async (nodes, concurrency) => {
      // A need points to what was made before: circles are told above.
      const entries = nodes.map(({ needs, at }, index) =>
        ledgerEntry(`${index}`, { intendedAt: at, needs: needs.filter(need => need < index).map(String) }),
      );
      const failing = new Set(nodes.flatMap(({ fails }, index) => (fails && index % 3 === 0 ? [`${index}`] : [])));
      const { steps, results } = await removed(entries, failing, concurrency);
      const outcomes = new Map(results.map(({ entry, outcome }) => [entry.id, outcome]));
      expect(outcomes.size).toBe(entries.length);
      for (const { id, needs } of entries) {
        const isTried = steps.includes(`begin ${id}`);
        expect(outcomes.get(id)).toBe(!isTried ? 'skipped' : failing.has(id) ? 'failed' : 'gone');
        for (const need of needs) {
          if (outcomes.get(id) !== 'gone') expect(outcomes.get(need)).toBe('skipped');
          else if (steps.includes(`begin ${need}`)) {
            expect(steps.indexOf(`end ${id}`)).toBeLessThan(steps.indexOf(`begin ${need}`));
          }
        }
      }
      // Nothing is left out for no reason.
      for (const [id, outcome] of outcomes) {
        const isKept = entries.some(({ needs, id: other }) => needs.includes(id) && outcomes.get(other) !== 'gone');
        expect(outcome === 'skipped').toBe(isKept);
      }
    }),
    { numRuns: 150 },
  );
});
