import { leakNote } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { openHub } from '../hub.ts';
import { newHubFolder } from '../testing/new-hub-folder.ts';
import { record, SampleWriter } from '../testing/sample-run.ts';

test('what tests left before is told to those who tripped over it, and what came later is not', async () => {
  const folder = newHubFolder();
  const server = { thing: 'server', name: 'on port 4300', at: 'a.spec.ts:3', closed: false } as const;
  const error = { message: 'Error: listen EADDRINUSE: address already in use :::4300' };
  new SampleWriter(folder)
    .begin(['a', 'b', 'c'])
    .attempt('a', { status: 'passed' })
    .evidence('a', [record(1, leakNote([server])), record(2, { kind: 'cleanup', record: 'user 7', outcome: 'failed' })])
    .attempt('b', { status: 'failed', errors: [error] })
    .end('failed');
  await using hub = openHub({ folder });
  await hub.catchUp();
  const { failures } = await hub.report('latest');
  expect(failures[0]).toMatchObject({
    verdict: 'interference',
    reasons: [
      expect.stringMatching(/^Port 4300 is in use: ".*a" had left a server on port 4300 \(a\.spec\.ts:3\) open$/),
    ],
  });
});
