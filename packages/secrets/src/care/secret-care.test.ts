import { expect, test } from 'vitest';
import type { SecretFacts } from '../secrets.ts';
import { ageDaysOf, careFindings } from './secret-care.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const facts = (more: Partial<SecretFacts>): SecretFacts => ({
  name: 'paymentKey',
  reference: 'kept:payment',
  store: 'kept',
  isPrevious: false,
  ...more,
});

test.each<[Partial<SecretFacts>, string[]]>([
  [{ owner: 'payments' }, []],
  [{}, ['has no owner']],
  [{ owner: 'payments', createdAt: '2026-08-24T12:00:00Z', maxAgeDays: 90 }, []],
  [
    { createdAt: '2026-08-23T12:00:00Z', maxAgeDays: 90 },
    ['has no owner', 'is older than 90 days: it is of 2026-08-23, 91 days ago'],
  ],
  [{ owner: 'a', maxAgeDays: 1 }, ['may be older than 1 day: its store does not tell']],
  [{ owner: 'a', maxAgeDays: 1, version: 'default' }, []],
  [{ owner: 'a', createdAt: '2020-01-01T00:00:00Z' }, []],
])('%j', (more, said) => {
  expect(careFindings(facts(more), NOW).map(({ message }) => message)).toEqual(said);
});

test('an age has whole days, none before its time, and none where the store tells nonsense', () => {
  expect([
    ageDaysOf({ createdAt: '2026-11-21T12:00:01Z' }, NOW),
    ageDaysOf({ createdAt: '2026-11-23T12:00:00Z' }, NOW),
    ageDaysOf({ createdAt: 'yesterday' }, NOW),
    ageDaysOf({}, NOW),
  ]).toEqual([0, 0, undefined, undefined]);
});
