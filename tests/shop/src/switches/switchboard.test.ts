import { expect, test } from 'vitest';
import { type SwitchInput, type SwitchState, switchSchema } from './schema.ts';
import { createSwitchboard, routeMatcher } from './switchboard.ts';

const setAt = '2026-01-01T00:00:00.000Z';
const request = { method: 'GET', path: '/api/products', headers: {} };

function stateOf(wish: SwitchInput, counts = { seen: 0, struck: 0 }): SwitchState {
  return { ...switchSchema.parse(wish), id: 'one', setAt, ...counts };
}

/** What the switch does to twelve requests: `x` is a strike. */
function pattern(wish: SwitchInput, counts?: { seen: number; struck: number }): string {
  const board = createSwitchboard(() => Date.parse(setAt));
  board.set([stateOf(wish, counts)]);
  return Array.from({ length: 12 }, () => (board.strikesFor(request).length ? 'x' : '.')).join('');
}

const fault = { kind: 'reset' } as const;

test('a switch without a condition strikes each time', () => {
  expect(pattern({ fault })).toBe('xxxxxxxxxxxx');
});

test('a count ends', () => {
  expect(pattern({ fault, when: { count: 3 } })).toBe('xxx.........');
});

test('every n-th request is struck', () => {
  expect(pattern({ fault, when: { every: 4 } })).toBe('...x...x...x');
});

test('a seed always strikes the same requests', () => {
  const half = pattern({ fault, when: { probability01: 0.5, seed: 7 } });
  expect(pattern({ fault, when: { probability01: 0.5, seed: 7 } })).toBe(half);
  expect(half).toMatch(/x/);
  expect(half).toMatch(/\./);
  expect(pattern({ fault, when: { probability01: 0 } })).toBe('............');
  expect(pattern({ fault, when: { probability01: 1 } })).toBe('xxxxxxxxxxxx');
});

test('a restart goes on where the counts ended', () => {
  const when = { probability01: 0.5, seed: 7 };
  const whole = pattern({ fault, when });
  expect(pattern({ fault, when }, { seen: 5, struck: 0 }).slice(0, 7)).toBe(whole.slice(5));
});

test('a schedule starts and ends', () => {
  let now = Date.parse(setAt);
  const board = createSwitchboard(() => now);
  board.set([stateOf({ fault, when: { fromMs: 100, untilMs: 200 } })]);
  const strikesAt = (ageMs: number) => {
    now = Date.parse(setAt) + ageMs;
    return board.strikesFor(request).length;
  };
  expect([0, 99, 100, 199, 200].map(strikesAt)).toEqual([0, 0, 1, 1, 0]);
});

test('a header keeps a switch to its own requests', () => {
  const board = createSwitchboard();
  board.set([stateOf({ fault, header: { name: 'X-Test', value: 'mine' } })]);
  expect(board.strikesFor(request)).toEqual([]);
  expect(board.strikesFor({ ...request, headers: { 'x-test': 'mine' } })).toEqual([{ id: 'one', fault }]);
});

test('a switch that is set again with others goes on counting', () => {
  const board = createSwitchboard();
  board.set([stateOf({ fault })]);
  board.strikesFor(request);
  board.set([stateOf({ fault }), { ...stateOf({ fault }), id: 'two' }]);
  expect(board.states().map(({ id, struck }) => [id, struck])).toEqual([
    ['one', 1],
    ['two', 0],
  ]);
});

test.each([
  ['GET /api/products', 'GET', '/api/products', true],
  ['GET /api/products', 'POST', '/api/products', false],
  ['* /api/products', 'POST', '/api/products', true],
  ['GET /api/orders/:id', 'GET', '/api/orders/1', true],
  ['GET /api/orders/:id', 'GET', '/api/orders/1/payments', false],
  ['* /api/*', 'GET', '/api/orders/1/payments', true],
  ['* /*', 'GET', '/', true],
  ['GET /a.b', 'GET', '/aXb', false],
])('the route %s and %s %s: %s', (route, method, path, expected) => {
  expect(routeMatcher(route)(method, path)).toBe(expected);
});

test.each([
  [{ fault: { kind: 'outage' }, when: { count: 1 } }, 'an outage is of the whole service'],
  [{ service: 'payments', fault: { kind: 'crash' } }, 'the payment service knows'],
  [{ fault: { kind: 'flood' } }, 'Invalid discriminator'],
  [{ fault, route: 'products' }, 'a route is a method'],
  [{ fault, when: { chance: 1 } }, 'chance'],
])('%j is refused', (wish, reason) => {
  const result = switchSchema.safeParse(wish);
  expect(result.success).toBe(false);
  if (reason !== 'Invalid discriminator') expect(JSON.stringify(result.error?.issues)).toContain(reason);
});
