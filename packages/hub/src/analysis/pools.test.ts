import type { PoolEvidence } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { openHub } from '../hub.ts';
import { newHubFolder } from '../testing/new-hub-folder.ts';
import { record, SampleWriter } from '../testing/sample-run.ts';

const pool = (more: Partial<PoolEvidence>): PoolEvidence => ({
  kind: 'pool',
  dependency: 'api',
  server: 'http://shop.test',
  opened: 1,
  broken: 0,
  reused: 4,
  waits: 0,
  waitedMs: 0,
  ...more,
});

test('the report and the digest sum what workers told of their connections, each piece once', async () => {
  const folder = newHubFolder();
  const first = record(1, pool({ waits: 2, waitedMs: 30 }));
  const second = { ...record(2, pool({ opened: 0, broken: 1 })), writer: 'w-other' };
  new SampleWriter(folder)
    .begin(['a', 'b'])
    .attempt('a', { status: 'passed' })
    .evidence('a', [first, record(3, pool({ dependency: 'shop', server: 'db.test:5432' }))])
    .evidence('a', [first])
    .attempt('b', { status: 'passed' })
    .evidence('b', [second])
    .end('passed');
  await using hub = openHub({ folder });
  await hub.catchUp();
  const report = await hub.report('latest');
  expect(report.pools).toEqual([
    {
      dependency: 'api',
      server: 'http://shop.test',
      opened: 1,
      broken: 1,
      reused: 8,
      waits: 2,
      waitedMs: 30,
      workers: 2,
    },
    expect.objectContaining({ dependency: 'shop', server: 'db.test:5432', opened: 1, workers: 1 }),
  ]);
  expect((await hub.digest(report.run.id)).pools).toEqual(report.pools);
});
