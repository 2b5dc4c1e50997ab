import type { Evidence } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { openHub } from '../hub.ts';
import { newHubFolder } from '../testing/new-hub-folder.ts';
import { record, SampleWriter } from '../testing/sample-run.ts';

const cache = (data: Readonly<Record<string, unknown>>): Evidence => ({ kind: 'note', name: 'cache', data });

async function reported(...told: readonly (readonly Evidence[])[]) {
  const folder = newHubFolder();
  const writer = new SampleWriter(folder).begin(['a', 'b']);
  let seq = 0;
  for (const [index, test] of (['a', 'b'] as const).entries()) {
    const records = (told[index] ?? []).map(one => ({ ...record(++seq, one), writer: `w-${test}` }));
    writer.attempt(test, { status: 'passed' }).evidence(test, records).evidence(test, records);
  }
  writer.end('passed');
  await using hub = openHub({ folder });
  await hub.catchUp();
  return (await hub.report('latest')).cache;
}

test('the report sums what workers asked of their caches, each piece once', async () => {
  expect(
    await reported(
      [cache({ hitRatio01: 0, misses: 2, loads: 1, loadMs: 40 }), cache({ memoryHits: 5, memoryEntries: 9 })],
      [cache({ sharedHits: 2, memoryHits: 1 }), { kind: 'note', name: 'cache.trouble', data: { misses: 50 } }],
    ),
  ).toEqual({ hits: 8, misses: 2, hitRatio01: 0.8, loads: 1, loadMs: 40, workers: 2 });
});

test('a run without questions has no cache, and what is no number counts nothing', async () => {
  expect(await reported([], [])).toBeUndefined();
  expect(await reported([cache({ sharedBytesWritten: 7 })], [{ kind: 'note', name: 'cache' }])).toBeUndefined();
  expect(await reported([cache({ memoryHits: 1, misses: 'many' })])).toMatchObject({
    hits: 1,
    misses: 0,
    hitRatio01: 1,
  });
});
