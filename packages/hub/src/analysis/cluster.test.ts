import type { AttemptFacts } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import {
  callLog,
  facts,
  notFound,
  ORIGIN,
  page,
  toBe,
  toEqual,
  traffic,
  wrongText,
} from '../testing/sample-attempt.ts';
import { cluster } from './cluster.ts';
import { judge } from './judge.ts';

function clustersOf(...attempts: AttemptFacts[]) {
  return cluster(attempts.map((one, index) => ({ facts: { ...one, test: one.test + index }, judgement: judge(one) })));
}

test('failures about one origin that refuses are one cluster, whatever they say', () => {
  const { clusters, judged } = clustersOf(
    facts({ error: `Error: apiRequestContext.get: connect ECONNREFUSED 127.0.0.1:4000${callLog('GET /orders')}` }),
    facts({
      error: `Error: page.goto: net::ERR_CONNECTION_REFUSED at ${ORIGIN}/\nCall log:\n  - navigating to "${ORIGIN}/cart", waiting until "load"\n`,
    }),
    facts({
      error: notFound(),
      evidence: [traffic('GET /api', undefined, { failure: 'net::ERR_CONNECTION_REFUSED' })],
    }),
  );
  expect(clusters).toMatchObject([
    { title: '127.0.0.1:4000 refused the connection', verdict: 'environment', attempts: 3, tests: 3 },
  ]);
  expect(clusters[0]?.remedy).toContain('127.0.0.1:4000');
  expect(new Set(judged.map(one => one.cluster))).toEqual(new Set([clusters[0]?.id]));
});

test('what was answered at one place names its cluster', () => {
  const { clusters } = clustersOf(
    facts({ error: toBe(201, 503), evidence: [traffic('POST /orders', 503)] }),
    facts({
      error: "TypeError: Cannot read properties of undefined (reading 'id')",
      evidence: [traffic('POST /orders', 503)],
    }),
    facts({ error: toBe(200, 503), evidence: [traffic('GET /stock/12', 503)] }),
  );
  expect(clusters.map(({ title, attempts }) => [title, attempts])).toEqual([
    ['POST /orders answered 503', 2],
    ['GET /stock/:id answered 503', 1],
  ]);
});

test('near duplicates join their leader, other locators do not', () => {
  const { clusters } = clustersOf(
    facts({ error: wrongText('€25.00', '€12.50'), evidence: [page('/cart', 200)] }),
    facts({ error: wrongText('€30.00', '€15.00'), evidence: [page('/cart', 200)] }),
    facts({ error: wrongText('€30.00', '€15.00', "getByTestId('tax')"), evidence: [page('/cart', 200)] }),
  );
  expect(clusters.map(({ attempts }) => attempts)).toEqual([2, 1]);
  expect(clusters[0]).toMatchObject({
    verdict: 'product',
    title: `expect(locator).toHaveText(expected) failed: getByTestId('total'), expected "€25.00", received "€12.50"`,
  });
});

test('a message with another beginning but the same words is alike', () => {
  const words = 'the order could not be placed because the cart of this buyer was empty when it was sent';
  const { clusters } = clustersOf(
    facts({ error: `Error: ${words}` }),
    facts({ error: `Error: now ${words}` }),
    facts({ error: 'Error: something else entirely happened here' }),
  );
  expect(clusters.map(({ attempts }) => attempts)).toEqual([2, 1]);
});

test('members vote for the verdict of their cluster', () => {
  const healthy = [traffic('GET /orders', 200)];
  const { clusters } = clustersOf(
    facts({ error: toEqual, evidence: healthy }),
    facts({ error: toEqual }),
    facts({ error: toEqual, evidence: healthy }),
  );
  expect(clusters).toMatchObject([{ verdict: 'product', attempts: 3 }]);
});

test('the same failure has the same cluster in the next run', () => {
  const again = () => clustersOf(facts({ error: toEqual })).clusters[0]?.id;
  expect(again()).toBe(again());
});

test('failures without a message have a title all the same', () => {
  const titles = clustersOf(
    facts({ status: 'timedOut' }),
    facts({ status: 'passed', expectedStatus: 'failed' }),
  ).clusters.map(({ title }) => title);
  expect(titles.sort()).toEqual(['Passed, but was expected to fail', 'timedOut']);
});

test('a test that ran out of time is named after what it waited for', () => {
  const waiting = (locator: string) => ({
    message: `Error: locator.fill: Test timeout of 30000ms exceeded.\nCall log:\n  - waiting for ${locator}\n`,
  });
  const timedOut = (locator: string) =>
    facts({ status: 'timedOut', errors: [{ message: 'Test timeout of 30000ms exceeded.' }, waiting(locator)] });
  const { clusters } = clustersOf(timedOut("getByLabel('Coupon')"), timedOut("getByLabel('Name')"));
  expect(clusters.map(({ title }) => title).sort()).toEqual([
    "locator.fill: Test timeout of 30000ms exceeded: getByLabel('Coupon')",
    "locator.fill: Test timeout of 30000ms exceeded: getByLabel('Name')",
  ]);
});
