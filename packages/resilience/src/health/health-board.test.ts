import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createPolicy } from '../create-policy.ts';
import { Registry } from '../registry.ts';
import { MemoryDriver } from '../testing/memory-driver.ts';
import { scripted } from '../testing/scripted-work.ts';
import { codeError } from '../testing/status-error.ts';
import { HealthBoard, type HealthChange } from './health-board.ts';
import type { Probe, ProbeOptions } from './probe-options.ts';

beforeEach(() =>
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'], now: new Date('2026-01-01') }),
);
afterEach(() => vi.useRealTimers());

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function boardOf(options: Partial<ProbeOptions> = {}) {
  const registry = new Registry();
  const board = new HealthBoard(registry);
  const changes: HealthChange[] = [];
  board.on(change => changes.push(change));
  const probe = vi.fn<Probe>(async () => {});
  const stop = board.watch('shop', { probe, ...options });
  return { registry, board, changes, probe, stop, state: () => board.get('shop')?.state };
}

const down: Probe = () => Promise.reject(new Error('no answer'));
const well: Probe = async () => {};

describe('by probes', () => {
  test('nobody knows before somebody has asked; the first answer counts at once', async () => {
    const { board, changes } = boardOf();
    expect(board.read()).toEqual([
      { dependency: 'shop', state: 'unknown', since: '2026-01-01T00:00:00.000Z', downForMs: 0 },
    ]);
    await advance(500);
    expect(await board.check('shop')).toMatchObject({
      state: 'healthy',
      since: '2026-01-01T00:00:00.500Z',
      checkedAt: '2026-01-01T00:00:00.500Z',
      latencyMs: 0,
    });
    expect(changes).toEqual([{ dependency: 'shop', from: 'unknown', to: 'healthy' }]);
    expect(await board.check('nobody')).toBeUndefined();
    expect(board.get('nobody')).toBeUndefined();
  });

  test('asks on its schedule, and one bad answer is no outage', async () => {
    const { probe, state, changes, board } = boardOf({ everyMs: 1_000, failAfter: 3, recoverAfter: 2 });
    await advance(1_000);
    expect(state()).toBe('healthy');
    probe.mockImplementation(down);
    await advance(2_000);
    expect(state()).toBe('healthy');
    probe.mockImplementation(well);
    await advance(1_000);
    probe.mockImplementation(down);
    await advance(2_000);
    expect(state()).toBe('healthy');
    await advance(1_000);
    expect(state()).toBe('down');
    probe.mockImplementation(well);
    await advance(1_000);
    expect(state()).toBe('down');
    await advance(1_000);
    expect(state()).toBe('healthy');
    expect(changes.map(({ to }) => to)).toEqual(['healthy', 'down', 'healthy']);
    expect(board.get('shop')?.downForMs).toBe(2_000);
    expect(probe).toHaveBeenCalledTimes(9);
  });

  test('a probe that hangs is a bad answer, and its signal tells it', async () => {
    const { board, probe } = boardOf({ timeoutMs: 300 });
    let signal: AbortSignal | undefined;
    probe.mockImplementation(given => {
      signal = given;
      return new Promise(() => {});
    });
    const checked = board.check('shop');
    await advance(300);
    expect(await checked).toMatchObject({ state: 'down', detail: 'no answer within 300 ms', latencyMs: 300 });
    expect(signal?.aborted).toBe(true);
  });

  test('a slow answer is degraded, and so is what says so itself', async () => {
    const { board, probe } = boardOf({ slowAboveMs: 100 });
    probe.mockImplementation(() => new Promise(resolve => setTimeout(resolve, 150)));
    const slow = board.check('shop');
    await advance(150);
    expect(await slow).toMatchObject({ state: 'degraded', detail: 'took 150 ms, more than 100 ms' });
    probe.mockImplementation(async () => ({ state: 'degraded', detail: 'a queue is full' }));
    expect(await board.check('shop')).toMatchObject({ state: 'degraded', detail: 'a queue is full' });
  });

  test('who checks while it is being asked waits for the same answer', async () => {
    const { board, probe } = boardOf();
    await Promise.all([board.check('shop'), board.checkAll()]);
    expect(probe).toHaveBeenCalledTimes(1);
  });

  test('a closed board, and a dependency that is no longer watched, ask no more', async () => {
    const { board, probe, stop } = boardOf({ everyMs: 100 });
    const other = vi.fn<Probe>(well);
    board.watch('other', { probe: other, everyMs: 100 });
    stop();
    await advance(100);
    expect([probe.mock.calls.length, other.mock.calls.length]).toEqual([0, 1]);
    await board[Symbol.asyncDispose]();
    await advance(1_000);
    expect(other).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a listener that throws breaks nothing, and one that has left hears nothing', async () => {
    const { board, changes } = boardOf();
    board.on(() => {
      throw new Error('bad');
    });
    const heard: unknown[] = [];
    board.on(change => heard.push(change))();
    await board.check('shop');
    expect(changes).toHaveLength(1);
    expect(heard).toHaveLength(0);
  });
});

test('an open breaker says down at once; while it tries, degraded', async () => {
  const { registry, board, state } = boardOf({ targets: ['shop.example:443'] });
  await board.check('shop');
  const policy = createPolicy({ breaker: { consecutive: 1, openMs: 1_000 } }, { registry });
  const call = (work = scripted({}).work) => policy.execute(work, { target: 'shop.example:443 read' }).catch(() => {});
  await advance(10);
  await call(scripted({ error: codeError('ECONNREFUSED') }).work);
  expect(board.get('shop')).toMatchObject({
    state: 'down',
    detail: 'a failure',
    since: '2026-01-01T00:00:00.010Z',
  });
  await advance(1_000);
  expect(state()).toBe('degraded');
  await call();
  expect(state()).toBe('healthy');
});

describe('workers that share a store', () => {
  const boards = (driver: MemoryDriver, count: number) =>
    Array.from({ length: count }, () => {
      const board = new HealthBoard(new Registry(), { shared: { driver } });
      const probe = vi.fn<Probe>(well);
      board.watch('shop', { probe, everyMs: 1_000, failAfter: 2 });
      return { board, probe, state: () => board.get('shop')?.state };
    });

  test('know of an outage that another has seen, and of its end', async () => {
    const driver = new MemoryDriver();
    const [early] = boards(driver, 1);
    await advance(300);
    const [late] = boards(driver, 1);
    await advance(2_000);
    early?.probe.mockImplementation(down);
    await advance(1_500);
    expect([early?.state(), late?.state()]).toEqual(['healthy', 'healthy']);
    await advance(1_000);
    expect([early?.state(), late?.state()]).toEqual(['down', 'down']);
    early?.probe.mockImplementation(well);
    await advance(1_500);
    expect([early?.state(), late?.state()]).toEqual(['healthy', 'healthy']);
    expect(late?.probe).not.toHaveBeenCalled();
  });

  test('who comes later asks nobody while the answer of another is fresh', async () => {
    const driver = new MemoryDriver();
    const [early] = boards(driver, 1);
    await advance(500);
    const [late] = boards(driver, 1);
    await advance(5_000);
    expect([early?.state(), late?.state()]).toEqual(['healthy', 'healthy']);
    expect(early?.probe).toHaveBeenCalledTimes(5);
    expect(late?.probe).not.toHaveBeenCalled();
    // Asked by name, it asks itself.
    await late?.board.check('shop');
    expect(late?.probe).toHaveBeenCalledTimes(1);
  });

  test.each<[string, (driver: MemoryDriver) => void]>([
    ['fails', driver => Object.assign(driver, { failure: new Error('no disk') })],
    ['hangs', driver => Object.assign(driver, { hangs: true })],
    ['holds what another version wrote', driver => void driver.set('health/shop', '{"state":1}')],
    ['holds what is no JSON', driver => void driver.set('health/shop', 'well')],
  ])('a store that %s leaves each to itself', async (_, spoil) => {
    const driver = new MemoryDriver();
    spoil(driver);
    const [one] = boards(driver, 1);
    await advance(1_500);
    expect(one?.probe).toHaveBeenCalledTimes(1);
    expect(one?.state()).toBe('healthy');
  });
});

test('all wrong options are told at once', () => {
  const { board } = boardOf();
  expect(() => board.watch('shop', { probe: well, everyMs: 0, timeoutMs: Number.NaN, failAfter: 1.5 })).toThrow(
    expect.objectContaining({
      code: 'QH_OPTION',
      message:
        'Health of "shop": "shop" is watched already; everyMs is 0, expected 1 to 2147483647; timeoutMs is NaN, expected 1 to 2147483647; failAfter is 1.5, expected a whole number from 1',
    }),
  );
});
