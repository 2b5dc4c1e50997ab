import { hubFolderAt } from '@quality-hub/telemetry';
import { beforeAll, expect, test } from 'vitest';
import { countsLine, type EndBlock, endBlock } from './end-block.ts';

const BLOCK: EndBlock = {
  runId: 'r1',
  counts: { planned: 12, passed: 4, failed: 5, flaky: 1, skipped: 1, notRun: 1, lost: 0 },
  verdicts: { product: 1, environment: 4 },
  clusters: [
    { title: 'POST /orders answered 503', verdict: 'environment', tests: 4, remedy: 'Start the payment service' },
    ...Array.from({ length: 6 }, (_, i) => ({ title: `cause ${i}`, verdict: 'unknown' as const, tests: 1 })),
  ],
  delivery: { events: 412, kept: 412 },
  folder: hubFolderAt('/elsewhere/.quality-hub'),
};

beforeAll(() => {
  process.env.NO_COLOR = '1';
});

test('counts leave out what did not happen', () => {
  expect(countsLine(BLOCK.counts)).toBe('12 tests: 4 passed, 5 failed, 1 flaky, 1 skipped, 1 not run');
  expect(countsLine({ planned: 1, passed: 1, failed: 0, flaky: 0, skipped: 0, notRun: 0 })).toBe('1 test: 1 passed');
  expect(countsLine({ planned: 0, passed: 0, failed: 0, flaky: 0, skipped: 0, notRun: 0 })).toBe('0 tests');
});

test('the block names the largest causes with their remedy, and how many are left out', () => {
  expect(endBlock(BLOCK, 90)).toMatchInlineSnapshot(`
    "Quality Hub  12 tests: 4 passed, 5 failed, 1 flaky, 1 skipped, 1 not run
      Verdicts     4 environment, 1 product

      environment   4× POST /orders answered 503
                    → Start the payment service

      unknown       1× cause 0

      unknown       1× cause 1

      unknown       1× cause 2

      unknown       1× cause 3

      … and 2 more causes

      Look closer  npx quality-hub show r1
      Delivery     412 of 412 events kept in /elsewhere/.quality-hub
    "
  `);
});

test('outages are told before the causes, the first three of them', () => {
  const outage = {
    dependency: 'payments',
    from: '2026-11-21T10:00:05.000',
    to: '2026-11-21T10:00:35.000',
    reason: '5 calls failed in a row',
    failedTests: 3,
    blockedTests: 40,
    failedCalls: 5,
    refusedCalls: 25,
    costMs: 15_000,
    savedMs: 195_000,
  };
  const lines = endBlock({ ...BLOCK, outages: [outage] }, 110).split('\n');
  expect(lines.slice(2, 6)).toEqual([
    '  Outages      payments was down for 30 s, 10:00:05 to 10:00:35: 5 calls failed in a row',
    '               it cost 3 failed tests and 15 s of waiting; 40 tests blocked and 25 calls refused at once saved',
    '               about 195 s',
    '',
  ]);
  const many = endBlock({
    ...BLOCK,
    outages: Array.from({ length: 5 }, (_, i) => ({ ...outage, dependency: `d${i}` })),
  });
  expect(many).toContain('d2 was down');
  expect(many).not.toContain('d3 was down');
  expect(many).toContain('               … and 2 more\n');
});

test('what worked less well is told by its feature, the three most frequent', () => {
  const degraded = { feature: 'recommendations', dependency: 'stars', calls: 12, tests: 3, reason: 'no answer' };
  const line = '  Less well    recommendations (12 calls in 3 tests: no answer)\n';
  expect(endBlock({ ...BLOCK, degraded: [degraded] }, 110)).toContain(line);
  expect(endBlock(BLOCK, 110)).not.toContain('Less well');
  const many = Array.from({ length: 5 }, (_, i) => ({ ...degraded, feature: `f${i}`, calls: 1, tests: 1, reason: '' }));
  expect(endBlock({ ...BLOCK, degraded: many }, 110)).toContain(
    'f0 (1 call in 1 test); f1 (1 call in 1 test); f2 (1 call in 1 test); and 2 more\n',
  );
});

test('connections that were waited for are told, the first three of them', () => {
  const pool = { dependency: 'api', server: 's', opened: 1, broken: 0, reused: 9, waits: 2, waitedMs: 1_500 };
  const pools = Array.from({ length: 5 }, (_, i) => ({ ...pool, server: `s${i}` }));
  const lines = endBlock({ ...BLOCK, pools: [{ ...pool, waits: 0 }, ...pools] }, 110).split('\n');
  expect(lines.slice(2, 6)).toEqual([
    '  Connections  api opened 1 connection to s0 for 10 calls; 2 calls waited 1.5 s for a free one',
    '               api opened 1 connection to s1 for 10 calls; 2 calls waited 1.5 s for a free one',
    '               api opened 1 connection to s2 for 10 calls; 2 calls waited 1.5 s for a free one',
    '               … and 2 more',
  ]);
});

test('what tests have left open is summed, and the three worst are named', () => {
  const page = { thing: 'page', name: '', closed: true } as const;
  const server = { thing: 'server', name: 'on port 4000', at: 'a.spec.ts:3', closed: false } as const;
  const leaks = [
    { title: 'a.spec.ts › one', left: [server, page] },
    ...['two', 'three', 'four'].map(title => ({ title, left: [page] })),
  ];
  const lines = endBlock({ ...BLOCK, leaks }, 110).split('\n');
  expect(lines.slice(2, 7)).toEqual([
    '  Left open    4 tests left 5 things open: 4 pages, 1 server; 1 not closed',
    '               a.spec.ts › one: a server on port 4000 (a.spec.ts:3) and 1 more',
    '               two: a page',
    '               three: a page',
    '               … and 1 more',
  ]);
  expect(endBlock(BLOCK, 110)).not.toContain('Left open');
});

test('a narrow terminal gets wrapped lines, and a run without a hub says where its spool is', () => {
  const text = endBlock({ ...BLOCK, clusters: [{ ...BLOCK.clusters?.[0], title: 'long '.repeat(20) } as never] }, 40);
  expect(
    Math.max(
      ...text
        .split('\n')
        .slice(1, -3)
        .map(line => line.length),
    ),
  ).toBeLessThanOrEqual(40);
  expect(endBlock({ ...BLOCK, delivery: { events: 412, kept: 400 }, spoolOnly: true })).toContain(
    '400 of 412 events kept in the spool, /elsewhere/.quality-hub',
  );
});
