import { ConsecutiveBreaker } from 'cockatiel';
import { describe, expect, test } from 'vitest';
import type { BreakerOptions } from './breaker-options.ts';
import type { BreakerChange } from './breaker-words.ts';
import { Circuit } from './circuit.ts';

const WALL = Date.parse('2026-01-01T00:00:00.000Z');

function circuitOf(options: BreakerOptions = {}) {
  let now = 1_000;
  const changes: BreakerChange[] = [];
  const circuit = new Circuit('shop read', options, {
    clock: { now: () => now, after: () => () => {} },
    wallNow: () => WALL + now - 1_000,
    onChange: change => changes.push(change),
  });
  return {
    circuit,
    changes,
    advance: (ms: number) => {
      now += ms;
    },
    enter: () => circuit.enter('GET /a'),
    leave: (entry: number, result: 'ok' | 'failed' | 'ignored', durationMs = 1) =>
      circuit.leave(entry, result, durationMs),
    call(result: 'ok' | 'failed' | 'ignored', durationMs = 1) {
      circuit.leave(circuit.enter(), result, durationMs);
    },
  };
}

function open(options: BreakerOptions = {}) {
  const made = circuitOf({ consecutive: 1, openMs: 100, ...options });
  made.call('failed');
  expect(made.circuit.state).toBe('open');
  return made;
}

test('opens after so many failures in a row, and refuses with the reason and the time', () => {
  const { circuit, call, changes, enter } = circuitOf({ consecutive: 3, openMs: 5_000 });
  for (const result of ['failed', 'failed', 'ok', 'failed', 'failed'] as const) call(result);
  expect(circuit.state).toBe('closed');
  call('failed');
  expect(circuit.state).toBe('open');
  expect(enter).toThrow(
    'GET /a: not called, shop read is seen as down until 2026-01-01T00:00:05.000Z (3 failures in a row)',
  );
  expect(changes).toEqual([
    {
      target: 'shop read',
      from: 'closed',
      to: 'open',
      reason: '3 failures in a row',
      retryAt: '2026-01-01T00:00:05.000Z',
      by: 'calls',
    },
  ]);
});

test('what says nothing about the dependency does not count', () => {
  const { circuit, call } = circuitOf({ consecutive: 2 });
  for (const result of ['failed', 'ignored', 'ignored'] as const) call(result);
  expect(circuit.state).toBe('closed');
  call('failed');
  expect(circuit.state).toBe('open');
});

test('five failures in a row open where no rule is given', () => {
  const { circuit, call } = circuitOf();
  for (let count = 0; count < 4; count++) call('failed');
  expect(circuit.state).toBe('closed');
  call('failed');
  expect(circuit.state).toBe('open');
});

describe('by ratio', () => {
  test('of the last calls, once there are enough', () => {
    const { circuit, call } = circuitOf({ failures: { ratio01: 0.5, overCalls: 10, atLeastCalls: 4 } });
    for (const result of ['failed', 'failed', 'failed'] as const) call(result);
    expect(circuit.state).toBe('closed');
    call('failed');
    expect(circuit.state).toBe('open');
    expect(circuit.status().reason).toBe('more than 50 % of the last 10 calls failed');
  });

  test('old calls leave the window', () => {
    const { circuit, call } = circuitOf({ failures: { ratio01: 0.5, overCalls: 4 } });
    for (const result of ['failed', 'failed', 'ok', 'ok', 'ok', 'ok', 'failed', 'failed'] as const) call(result);
    expect(circuit.state).toBe('closed');
    call('failed');
    expect(circuit.state).toBe('open');
  });

  test('of the calls of a time; what was before is forgotten, also after a long silence', () => {
    const { circuit, call, advance } = circuitOf({ failures: { ratio01: 0.5, overMs: 1_000, atLeastCalls: 4 } });
    for (let count = 0; count < 3; count++) call('failed');
    advance(60_000);
    for (let count = 0; count < 3; count++) call('failed');
    expect(circuit.state).toBe('closed');
    advance(900);
    call('failed');
    expect(circuit.state).toBe('open');
    expect(circuit.status().reason).toBe('more than 50 % of the calls of the last 1000 ms failed');
  });

  test('of slow calls, whether they went well or not', () => {
    const { circuit, call } = circuitOf({ slow: { slowerThanMs: 500, ratio01: 0.4, overCalls: 5 } });
    for (const durationMs of [501, 20, 700, 30, 500]) call('ok', durationMs);
    expect(circuit.state).toBe('closed');
    call('ok', 900);
    expect(circuit.state).toBe('closed');
    call('ok', 900);
    expect(circuit.state).toBe('open');
    expect(circuit.status().reason).toBe('more than 40 % of the last 5 calls took more than 500 ms');
  });
});

test("a rule of one's own is any breaker of cockatiel, made anew when it closes", () => {
  const { circuit, call, advance } = circuitOf({ rule: () => new ConsecutiveBreaker(2), openMs: 100 });
  for (const result of ['failed', 'ok', 'failed'] as const) call(result);
  expect(circuit.state).toBe('closed');
  call('failed');
  expect(circuit.state).toBe('open');
  expect(circuit.status().reason).toBe('its own rule');
  advance(100);
  call('ok');
  call('failed');
  expect(circuit.state).toBe('closed');
});

describe('half open', () => {
  test('its state is true when nobody has called', () => {
    const { circuit, advance } = open();
    advance(99);
    expect(circuit.state).toBe('open');
    expect(circuit.retryAt).toBe('2026-01-01T00:00:00.100Z');
    advance(1);
    expect(circuit.state).toBe('half-open');
    expect(circuit.retryInMs()).toBe(0);
  });

  test('one call tries, all others are refused; when it goes well the breaker closes', () => {
    const { circuit, advance, enter, leave, changes } = open();
    advance(100);
    const entry = enter();
    expect(circuit.isProbing).toBe(true);
    expect(enter).toThrow('not called');
    leave(entry, 'ok');
    expect(circuit.state).toBe('closed');
    expect(changes.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'closed open',
      'open half-open',
      'half-open closed',
    ]);
  });

  test('when it fails the breaker opens again, for twice as long, up to a limit', () => {
    const { circuit, advance, call } = open({ maxOpenMs: 300 });
    for (const openMs of [100, 200, 300, 300]) {
      advance(openMs - 1);
      expect(circuit.state).toBe('open');
      advance(1);
      expect(circuit.state).toBe('half-open');
      call('failed');
    }
    expect(circuit.status()).toMatchObject({ opened: 1, reason: 'it still fails' });
  });

  test('several tries, of which a part may fail', () => {
    const options = { halfOpen: { calls: 4, failures01: 0.25 } };
    const well = open(options);
    well.advance(100);
    for (const result of ['ok', 'failed', 'ok'] as const) well.call(result);
    expect(well.circuit.state).toBe('half-open');
    well.call('ok');
    expect(well.circuit.state).toBe('closed');

    const badly = open(options);
    badly.advance(100);
    for (const result of ['failed', 'ok', 'failed'] as const) badly.call(result);
    expect(badly.circuit.state).toBe('open');
  });

  test('no more than so many run at a time', () => {
    const { advance, enter } = open({ halfOpen: { calls: 2 } });
    advance(100);
    enter();
    enter();
    expect(enter).toThrow('not called');
  });

  test('a try that hangs has failed at its deadline, whether anybody calls or not', () => {
    const { circuit, advance, enter, leave } = open({ halfOpen: { timeoutMs: 50 } });
    advance(100);
    const hung = enter();
    advance(49);
    expect(circuit.state).toBe('half-open');
    advance(1);
    expect(circuit.state).toBe('open');
    expect(circuit.status().reason).toBe('a try did not end within 50 ms');
    advance(200);
    leave(hung, 'ok');
    expect(circuit.state).toBe('half-open');
    expect(enter).not.toThrow();
  });

  test('a try that says nothing leaves its place to the next', () => {
    const { circuit, advance, enter, leave } = open();
    advance(100);
    leave(enter(), 'ignored');
    expect(circuit.state).toBe('half-open');
    leave(enter(), 'ok');
    expect(circuit.state).toBe('closed');
  });

  test('calls that began before it opened count no more', () => {
    const { circuit, enter, leave, advance } = circuitOf({ consecutive: 2, openMs: 100 });
    const [early, other, third, late] = [enter(), enter(), enter(), enter()];
    leave(early, 'failed');
    leave(other, 'failed');
    expect(circuit.state).toBe('open');
    leave(third, 'ok');
    expect(circuit.state).toBe('open');
    advance(100);
    leave(enter(), 'ok');
    leave(late, 'failed');
    leave(enter(), 'failed');
    expect(circuit.state).toBe('closed');
  });
});

describe('by hand', () => {
  test('held open it refuses without a time, until it is released', () => {
    const { circuit, enter, changes } = circuitOf();
    const release = circuit.hold('open', 'maintenance');
    expect(circuit.state).toBe('open');
    expect(circuit.retryAt).toBeUndefined();
    expect(enter).toThrow('seen as down until it is released (maintenance)');
    release();
    release();
    expect(circuit.state).toBe('closed');
    expect(enter).not.toThrow();
    expect(changes.map(({ to, by }) => `${to} ${by}`)).toEqual(['open hand', 'closed hand']);
  });

  test('held closed it lets everything through and counts nothing', () => {
    const { circuit, call } = open();
    const release = circuit.hold('closed');
    for (let count = 0; count < 10; count++) call('failed');
    expect(circuit.state).toBe('closed');
    release();
    expect(circuit.state).toBe('closed');
  });

  test('two holds need two releases', () => {
    const { circuit } = circuitOf();
    const [first, second] = [circuit.hold('open'), circuit.hold('open')];
    first();
    expect(circuit.state).toBe('open');
    second();
    expect(circuit.state).toBe('closed');
  });
});

test('its status counts calls and time', () => {
  const { circuit, advance, call, enter } = open();
  expect(enter).toThrow();
  advance(100);
  call('ok');
  advance(500);
  call('ok');
  expect(circuit.status()).toEqual({
    target: 'shop read',
    state: 'closed',
    held: undefined,
    reason: undefined,
    retryAt: undefined,
    openedAt: undefined,
    opened: 1,
    openForMs: 100,
    failedForMs: 1,
    calls: { ok: 2, failed: 1, ignored: 0, refused: 1 },
  });
  call('failed');
  expect(circuit.status()).toMatchObject({ state: 'open', openedAt: '2026-01-01T00:00:00.600Z', opened: 2 });
});
