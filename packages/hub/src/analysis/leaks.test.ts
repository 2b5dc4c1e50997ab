import { leakNote } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { openHub } from '../hub.ts';
import { newHubFolder } from '../testing/new-hub-folder.ts';
import { record, SampleWriter } from '../testing/sample-run.ts';

test('the report and the digest name the tests that left something open, each thing once', async () => {
  const folder = newHubFolder();
  const page = { thing: 'page', name: '', closed: true } as const;
  const server = { thing: 'server', name: 'on port 4000', at: 'a.spec.ts:3', closed: false } as const;
  const first = record(1, leakNote([page]));
  new SampleWriter(folder)
    .begin(['a', 'b', 'c'])
    .attempt('a', { status: 'passed' })
    .evidence('a', [first])
    .evidence('a', [first])
    .attempt('b', { status: 'passed' })
    .evidence('b', [record(2, leakNote([server, page]))])
    .attempt('c', { status: 'passed' })
    .evidence('c', [record(3, { kind: 'note', name: 'coupon', data: { left: 3 } })])
    .end('passed');
  await using hub = openHub({ folder });
  await hub.catchUp();
  const report = await hub.report('latest');
  expect(report.leaks.map(({ title, left }) => [title, left])).toEqual([
    [expect.stringContaining('b'), [server, page]],
    [expect.stringContaining('a'), [page]],
  ]);
  expect((await hub.digest(report.run.id)).leaks).toEqual(report.leaks);
});
