import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPolicy } from '../create-policy.ts';
import type { PolicyOptions } from '../options.ts';
import { Registry } from '../registry.ts';
import { MemoryDriver } from '../testing/memory-driver.ts';
import { type Outcome, scripted } from '../testing/scripted-work.ts';
import { watched } from '../testing/settled.ts';
import { codeError } from '../testing/status-error.ts';
import { type SharedBreakers, shareBreakers } from './share-breakers.ts';

const opened: SharedBreakers[] = [];
beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
afterEach(async () => {
  for (const shared of opened.splice(0)) await shared.close();
  vi.useRealTimers();
});

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const down = { error: codeError('ECONNREFUSED') };

function worker(driver: MemoryDriver, name: string, options: PolicyOptions = {}) {
  const registry = new Registry();
  const errors: unknown[] = [];
  const shared = shareBreakers(registry, driver, { worker: name, onError: error => errors.push(error) });
  opened.push(shared);
  const policy = createPolicy(
    { name: 'payments', breaker: { consecutive: 1, openMs: 1_000, halfOpen: { timeoutMs: 500 } }, ...options },
    { registry },
  );
  return {
    registry,
    errors,
    shared,
    state: () => registry.breakers()[0]?.state,
    /** Makes a call and says how it ended, and whether the dependency was asked. */
    async call(...outcomes: Outcome[]): Promise<string> {
      const { work, contexts } = scripted(...outcomes);
      const done = watched(policy.execute(work));
      await advance(0);
      const result = done.state === 'rejected' ? String((done.value as { code?: string }).code) : done.state;
      return `${result}, ${contexts.length} made`;
    },
    start: (...outcomes: Outcome[]) => watched(policy.execute(scripted(...outcomes).work)),
  };
}

/** Two workers, of which one has found the dependency down. */
async function duringOutage() {
  const driver = new MemoryDriver();
  const [a, b] = [worker(driver, 'a'), worker(driver, 'b')];
  await b.call({});
  await a.call(down);
  return { driver, a, b };
}

/** As {@link duringOutage}, when it is time to try again. */
async function afterOutage() {
  const made = await duringOutage();
  await advance(1_000);
  return made;
}

test('other workers learn of an outage within 250 ms, while they make calls', async () => {
  const driver = new MemoryDriver();
  const [a, b] = [worker(driver, 'a'), worker(driver, 'b')];
  expect(await b.call({})).toBe('fulfilled, 1 made');
  expect(await a.call(down)).toBe('ECONNREFUSED, 1 made');
  await advance(150);
  expect(b.state()).toBe('open');
  expect(await b.call({})).toBe('QH_BREAKER_OPEN, 0 made');
  expect(b.registry.breakers()[0]).toMatchObject({ reason: 'a failure', opened: 1 });
});

test('a worker that was idle, or has just started, looks before its first call', async () => {
  const driver = new MemoryDriver();
  const [a, idle] = [worker(driver, 'a'), worker(driver, 'idle')];
  expect(await idle.call({})).toBe('fulfilled, 1 made');
  await advance(60_000);
  const looks = driver.calls.list;
  await advance(60_000);
  expect(driver.calls.list).toBe(looks);
  await a.call(down);
  expect(await idle.call({})).toBe('QH_BREAKER_OPEN, 0 made');
  expect(await worker(driver, 'new').call({})).toBe('QH_BREAKER_OPEN, 0 made');
});

test('only one worker tries at a time, and when it goes well all of them go on', async () => {
  const driver = new MemoryDriver();
  const workers = ['a', 'b', 'c', 'd'].map(name => worker(driver, name));
  for (const each of workers) await each.call({});
  await workers[0]?.call(down);
  await advance(1_000);
  const tries = workers.map(({ start }) => start({ ok: 'back', afterMs: 50 }));
  await advance(10);
  expect(tries.filter(({ state }) => state === 'pending')).toHaveLength(1);
  await advance(200);
  expect(tries.filter(({ state }) => state === 'fulfilled')).toHaveLength(1);
  expect(workers.map(({ state }) => state())).toEqual(['closed', 'closed', 'closed', 'closed']);
  for (const each of workers) expect(await each.call({})).toBe('fulfilled, 1 made');
});

test('when the try fails, nobody else tries before the time of the one who did is over', async () => {
  const { a, b } = await afterOutage();
  expect(await b.call(down)).toBe('ECONNREFUSED, 1 made');
  await advance(1_999);
  expect(await a.call({})).toBe('QH_BREAKER_OPEN, 0 made');
  await advance(201);
  expect(await a.call({})).toBe('fulfilled, 1 made');
});

test('a worker that dies while it tries is followed by another after the time of its try', async () => {
  const { a, b } = await afterOutage();
  a.start('hang');
  await advance(1);
  // It is killed: nothing of it is written any more.
  await a.shared.close();
  expect(await b.call({})).toBe('QH_BREAKER_OPEN, 0 made');
  await advance(500);
  expect(await b.call({})).toBe('fulfilled, 1 made');
});

test('a try that its caller aborts is given up for the others at once', async () => {
  const { a, b } = await afterOutage();
  const stop = new AbortController();
  const policy = createPolicy({ name: 'payments', breaker: { consecutive: 1 } }, { registry: a.registry });
  const tried = watched(policy.execute(scripted('hang').work, { signal: stop.signal }));
  await advance(1);
  stop.abort(new Error('stop'));
  await advance(120);
  expect(tried.state).toBe('rejected');
  expect(await b.call({})).toBe('fulfilled, 1 made');
});

test('an entry that is only forgotten closes nothing: the next call is a try', async () => {
  const { driver, b } = await duringOutage();
  await advance(150);
  expect(b.state()).toBe('open');
  // Calls to another target keep it looking.
  const other = createPolicy({ name: 'other', breaker: true }, { registry: b.registry });
  for (let second = 0; second < 70; second++) {
    await other.execute(async () => {});
    await advance(1_000);
  }
  expect(await driver.list('breaker/')).toEqual([]);
  expect(b.state()).toBe('half-open');
  expect(await b.call(down)).toBe('ECONNREFUSED, 1 made');
  expect(b.state()).toBe('open');
});

test('a caller that aborts while the others are asked leaves the try to them', async () => {
  const { a, b } = await afterOutage();
  const stop = new AbortController();
  const policy = createPolicy({ name: 'payments', breaker: { consecutive: 1 } }, { registry: a.registry });
  const script = scripted({});
  await a.shared.look();
  const asked = watched(policy.execute(script.work, { signal: stop.signal }));
  stop.abort(new Error('stop'));
  await advance(110);
  expect(asked).toMatchObject({ state: 'rejected', value: { message: 'stop' } });
  expect(script.count).toBe(0);
  expect(await b.call({})).toBe('fulfilled, 1 made');
});

test('several tries go one by one where breakers are shared', async () => {
  const driver = new MemoryDriver();
  const breaker = { consecutive: 1, openMs: 1_000, halfOpen: { calls: 2, timeoutMs: 500 } };
  const a = worker(driver, 'a', { breaker });
  await a.call(down);
  await advance(1_000);
  const tries = [a.start({ afterMs: 50 }), a.start({ afterMs: 50 })];
  await advance(1);
  expect(tries.map(({ state }) => state)).toEqual(['pending', 'rejected']);
  await advance(50);
  expect(a.state()).toBe('half-open');
  expect(await a.call({})).toBe('fulfilled, 1 made');
  expect(a.state()).toBe('closed');
});

test('a store that fails leaves each worker its own breaker', async () => {
  const driver = new MemoryDriver();
  const a = worker(driver, 'a');
  driver.failure = new Error('no disk');
  expect(await a.call(down)).toBe('ECONNREFUSED, 1 made');
  expect(await a.call({})).toBe('QH_BREAKER_OPEN, 0 made');
  await advance(1_000);
  expect(await a.call({})).toBe('fulfilled, 1 made');
  expect(a.errors[0]).toBe(driver.failure);
});

test('a store that hangs holds one call up for 200 ms, and a try, and the end', async () => {
  const driver = new MemoryDriver();
  const a = worker(driver, 'a');
  driver.hangs = true;
  const call = a.start({ ok: 'done' });
  await advance(199);
  expect(call.state).toBe('pending');
  await advance(1);
  expect(call.state).toBe('fulfilled');
  // Only one of them: the others know by then.
  expect(await a.call({})).toBe('fulfilled, 1 made');
  expect(await a.call(down)).toBe('ECONNREFUSED, 1 made');
  await advance(1_000);
  const tried = a.start({ ok: 'back' });
  await advance(200);
  expect(tried.value).toBe('back');
  const closed = watched(a.shared.close());
  opened.splice(0);
  await advance(200);
  expect(closed.state).toBe('fulfilled');
});

test('what another version wrote is taken for nothing', async () => {
  const driver = new MemoryDriver();
  await driver.set('breaker/payments/payments', 'open!');
  expect(await worker(driver, 'a').call({})).toBe('fulfilled, 1 made');
});

test('a breaker that is held by hand is not moved by others', async () => {
  const driver = new MemoryDriver();
  const [a, b] = [worker(driver, 'a'), worker(driver, 'b')];
  await b.call({});
  b.registry.hold('payments', 'closed');
  await a.call(down);
  await advance(300);
  expect(await b.call({})).toBe('fulfilled, 1 made');
});
