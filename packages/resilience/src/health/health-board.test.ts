import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createPolicy } from '../create-policy.ts';
import { Registry } from '../registry.ts';
import { MemoryDriver } from '../testing/memory-driver.ts';
import { type Outcome, scripted } from '../testing/scripted-work.ts';
import { watched } from '../testing/settled.ts';
import { codeError } from '../testing/status-error.ts';
import { HealthBoard, type HealthChange } from './health-board.ts';
import type { Probe, ProbeOptions } from './probe-options.ts';

const opened: HealthBoard[] = [];
beforeEach(() =>
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'], now: new Date('2026-01-01') }),
);
afterEach(async () => {
  for (const board of opened.splice(0)) await board.close();
  vi.useRealTimers();
});

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const down: Probe = () => Promise.reject(new Error('no answer\nwith details'));
const well: Probe = async () => {};
const probing = () => vi.fn<Probe>(well);

/** The board of one worker. */
function worker(store: MemoryDriver, probe: Probe | undefined, options: ProbeOptions = {}) {
  const registry = new Registry();
  const board = new HealthBoard(registry, store);
  opened.push(board);
  const changes: HealthChange[] = [];
  board.on(change => void changes.push(change));
  board.watch('shop', { ...options, ...(probe ? { probe } : {}) });
  const state = async () => (await board.read())[0]?.state;
  return { registry, board, changes, state, ready: () => board.readiness('shop') };
}

const notReady = { ready: false, dependency: 'shop', reason: 'no answer', since: '2026-01-01T00:00:00.000Z' };

describe('by probes', () => {
  test('nobody asks before somebody needs it; then one worker asks, and the others believe it', async () => {
    const store = new MemoryDriver();
    const probe = probing();
    const [one, two] = [worker(store, probe), worker(store, probe)];
    expect(await one.board.read()).toEqual([{ dependency: 'shop', state: 'unknown' }]);
    await advance(60_000);
    expect(probe).toHaveBeenCalledTimes(0);
    expect(await one.ready()).toEqual({ ready: true });
    expect(await two.ready()).toEqual({ ready: true });
    expect(probe).toHaveBeenCalledTimes(1);
    expect([one.changes, two.changes]).toEqual([
      [{ dependency: 'shop', from: 'unknown', to: 'healthy', by: 'need' }],
      [],
    ]);
    const told = { dependency: 'shop', state: 'healthy', checkedAt: '2026-01-01T00:01:00.000Z', latencyMs: 0 };
    expect(await two.board.read()).toEqual([told]);
    await advance(10_001);
    await two.ready();
    expect(probe).toHaveBeenCalledTimes(2);
    expect(two.changes).toEqual([]);
  });

  test('one that is down blocks all, is tried again when its time is over, and then lets all through', async () => {
    const store = new MemoryDriver();
    const probe = probing();
    probe.mockImplementation(down);
    const [one, two] = [worker(store, probe), worker(store, probe)];
    expect(await one.ready()).toEqual(notReady);
    expect(await two.ready()).toEqual(notReady);
    await advance(1_999);
    expect(await two.ready()).toEqual(notReady);
    expect(probe).toHaveBeenCalledTimes(1);
    await advance(2);
    expect(await two.ready()).toEqual(notReady);
    expect(probe).toHaveBeenCalledTimes(2);
    expect(await one.board.isDown('shop')).toBe(true);
    probe.mockImplementation(well);
    await advance(2_001);
    expect(await one.ready()).toEqual({ ready: true });
    expect(await two.ready()).toEqual({ ready: true });
    expect(probe).toHaveBeenCalledTimes(3);
    expect([...one.changes, ...two.changes].map(({ from, to }) => `${from} ${to}`)).toEqual([
      'unknown down',
      'down healthy',
    ]);
  });

  test('one bad answer is no outage, and one good answer no recovery, where thresholds say so', async () => {
    const store = new MemoryDriver();
    const probe = probing();
    const { ready, state } = worker(store, probe, { failAfter: 3, recoverAfter: 2, againMs: 100 });
    probe.mockImplementationOnce(down).mockImplementationOnce(down);
    const first = watched(ready());
    await advance(200);
    expect(first.value).toEqual({ ready: true });
    expect(probe).toHaveBeenCalledTimes(3);
    await advance(10_001);
    probe.mockImplementation(down);
    const second = watched(ready());
    await advance(200);
    expect(second.value).toMatchObject({ ready: false });
    expect(probe).toHaveBeenCalledTimes(6);
    await advance(2_001);
    probe.mockImplementationOnce(well);
    const third = watched(ready());
    await advance(100);
    expect(third.value).toMatchObject({ ready: false });
    await advance(2_001);
    probe.mockImplementation(well);
    const fourth = watched(ready());
    await advance(100);
    expect(fourth.value).toEqual({ ready: true });
    expect(await state()).toBe('healthy');
  });

  test('asks on its schedule, one worker at a time, and tells of an outage before somebody runs into it', async () => {
    const store = new MemoryDriver();
    const probe = probing();
    const workers = [worker(store, probe, { everyMs: 1_000 }), worker(store, probe, { everyMs: 1_000 })];
    await advance(10_100);
    expect(probe.mock.calls.length).toBeGreaterThanOrEqual(5);
    expect(probe.mock.calls.length).toBeLessThanOrEqual(11);
    probe.mockImplementation(down);
    await advance(1_100);
    const asked = probe.mock.calls.length;
    for (const { ready } of workers) expect(await ready()).toMatchObject({ ready: false });
    expect(probe).toHaveBeenCalledTimes(asked);
    expect(workers.flatMap(({ changes }) => changes).map(({ to, by }) => [to, by])).toEqual([
      ['healthy', 'schedule'],
      ['down', 'schedule'],
    ]);
  });

  test('a probe that hangs is a bad answer, and its signal tells it', async () => {
    let signal: AbortSignal | undefined;
    const hangs: Probe = given => {
      signal = given;
      return new Promise(() => {});
    };
    const { ready } = worker(new MemoryDriver(), hangs, { timeoutMs: 300 });
    const asked = watched(ready());
    await advance(300);
    expect(asked.value).toMatchObject({ ready: false, reason: 'no answer within 300 ms' });
    expect(signal?.aborted).toBe(true);
  });

  test('a slow answer is degraded, and so is what says so itself; who needs it can begin', async () => {
    const probe = probing();
    const { ready, board } = worker(new MemoryDriver(), probe, { slowAboveMs: 100 });
    probe.mockImplementation(() => new Promise(resolve => setTimeout(resolve, 150)));
    const slow = watched(ready());
    await advance(150);
    expect(slow.value).toEqual({ ready: true });
    expect(await board.read()).toMatchObject([{ state: 'degraded', detail: 'took 150 ms, more than 100 ms' }]);
    probe.mockImplementation(async () => ({ state: 'degraded', detail: 'a queue is full' }));
    await advance(10_001);
    await ready();
    expect(await board.read()).toMatchObject([{ state: 'degraded', detail: 'a queue is full' }]);
  });

  test('who aborts gets no answer, and somebody else may ask at once', async () => {
    const store = new MemoryDriver();
    const probe = probing();
    const { board, ready } = worker(store, probe);
    const stop = new AbortController();
    probe.mockImplementationOnce(signal => new Promise((_, reject) => signal.addEventListener('abort', reject)));
    const asked = watched(board.readiness('shop', stop.signal));
    await advance(1);
    stop.abort(new Error('stop'));
    await advance(0);
    expect(asked).toMatchObject({ state: 'rejected', value: { message: 'stop' } });
    expect(await ready()).toEqual({ ready: true });
    expect(probe).toHaveBeenCalledTimes(2);
  });

  test('after its end nobody is asked any more', async () => {
    const probe = probing();
    const { board } = worker(new MemoryDriver(), probe, { everyMs: 1_000 });
    await board.close();
    await advance(5_000);
    expect(probe).toHaveBeenCalledTimes(0);
  });

  test('what is not watched any more is let through, and not asked', async () => {
    const board = new HealthBoard(new Registry(), new MemoryDriver());
    const probe = probing();
    board.watch('mail', { probe, everyMs: 1_000 })();
    await advance(5_000);
    expect(await board.readiness('mail')).toEqual({ ready: true });
    expect(probe).toHaveBeenCalledTimes(0);
    expect(await board.read()).toEqual([]);
  });
});

describe('by breakers', () => {
  const failing = (registry: Registry) => {
    const policy = createPolicy({ name: 'shop', breaker: { consecutive: 1, openMs: 5_000 } }, { registry });
    return (...outcomes: Outcome[]) => policy.execute(scripted(...outcomes).work).catch(() => {});
  };

  test('a breaker of one worker blocks who needs it in another, until a call goes well', async () => {
    const store = new MemoryDriver();
    const [one, two] = [worker(store, undefined), worker(store, undefined)];
    const call = failing(one.registry);
    await call({ error: codeError('ECONNREFUSED') });
    expect(await one.ready()).toMatchObject({ ready: false, reason: 'a failure' });
    expect(await two.ready()).toMatchObject({ ready: false, dependency: 'shop' });
    expect(await two.board.read()).toMatchObject([{ state: 'down', since: '2026-01-01T00:00:00.000Z' }]);
    await advance(5_001);
    // One is let through to try; the next one waits for what comes of it.
    expect(await two.ready()).toEqual({ ready: true });
    expect(await one.ready()).toMatchObject({ ready: false });
    await call({});
    expect(await one.ready()).toEqual({ ready: true });
    expect(await two.state()).toBe('unknown');
    expect([...one.changes, ...two.changes]).toEqual([]);
  });

  test('a store that fails or hangs lets everybody through', async () => {
    const store = new MemoryDriver();
    const { ready, registry } = worker(store, undefined);
    store.failure = new Error('no disk');
    await failing(registry)({ error: codeError('ECONNREFUSED') });
    expect(await ready()).toEqual({ ready: true });
    store.failure = undefined;
    store.hangs = true;
    const asked = watched(ready());
    await advance(2_000);
    expect(asked.value).toEqual({ ready: true });
  });
});

test.each<[ProbeOptions, string]>([
  [{ everyMs: 0 }, 'Health of "mail": everyMs is 0, expected 1 to 2147483647'],
  [{ failAfter: 1.5, recoverAfter: 0 }, 'failAfter is 1.5, expected a whole number from 1; recoverAfter is 0'],
  [{ timeoutMs: '5 s' } as never, 'timeoutMs is "5 s"'],
  [{ faliAfter: 2 } as never, 'faliAfter is no option; did you mean failAfter?'],
  [{ weather: 2 } as never, 'weather is no option; options are everyMs, '],
])('%j is refused', (options, said) => {
  const board = new HealthBoard(new Registry(), new MemoryDriver());
  expect(() => board.watch('mail', options)).toThrow(expect.objectContaining({ code: 'QH_OPTION' }));
  expect(() => board.watch('mail', options)).toThrow(said);
  board.watch('shop');
  expect(() => board.watch('shop')).toThrow('Health of "shop": it is watched already');
});
