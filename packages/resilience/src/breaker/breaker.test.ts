import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPolicy } from '../create-policy.ts';
import type { PolicyEvent } from '../policy.ts';
import { Registry, type RegistryEvent } from '../registry.ts';
import { scripted } from '../testing/scripted-work.ts';
import { watched } from '../testing/settled.ts';
import { codeError, statusError } from '../testing/status-error.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
afterEach(() => vi.useRealTimers());

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const refused = codeError('ECONNREFUSED');

test('no retry is spent on an open breaker', async () => {
  const policy = createPolicy({ retry: { retries: 5, baseMs: 50, jitter: 'none' }, breaker: { consecutive: 1 } });
  const { work, contexts } = scripted({ error: refused });
  const events: PolicyEvent[] = [];
  const call = watched(policy.execute(work, { onEvent: event => events.push(event) }));
  await advance(50);
  expect(call).toMatchObject({ state: 'rejected', atMs: 50, value: { code: 'QH_BREAKER_OPEN' } });
  expect(contexts).toHaveLength(1);
  expect(events.at(-1)).toEqual({ type: 'refused', by: 'breaker' });
});

test.each<[string, unknown, 'open' | 'closed']>([
  ['a refused connection', refused, 'open'],
  ['a 500', statusError(500), 'open'],
  ['a 404', statusError(404), 'closed'],
  ['a 401', statusError(401), 'closed'],
  ['a 429, which is for the rate limit', statusError(429), 'closed'],
  ['a deadlock', codeError('40P01'), 'closed'],
  ['a mistake in the work', new TypeError('x'), 'closed'],
])('%s leaves it %s', async (_, error, state) => {
  const registry = new Registry();
  const policy = createPolicy({ breaker: { consecutive: 1 } }, { registry });
  await policy.execute(scripted({ error }).work).catch(() => {});
  expect(registry.breakers()[0]?.state).toBe(state);
});

test('a 404 between two failures breaks the row: somebody is there', async () => {
  const registry = new Registry();
  const policy = createPolicy({ breaker: { consecutive: 2 } }, { registry });
  for (const status of [500, 404, 500])
    await policy.execute(scripted({ error: statusError(status) }).work).catch(() => {});
  expect(registry.breakers()[0]?.state).toBe('closed');
});

test('a hung try ends at its own deadline, and the next may try', async () => {
  const policy = createPolicy({ breaker: { consecutive: 1, openMs: 100, halfOpen: { timeoutMs: 200 } } });
  await policy.execute(scripted({ error: refused }).work).catch(() => {});
  await advance(100);
  const hung = watched(policy.execute(scripted('hang').work));
  await advance(199);
  expect(hung.state).toBe('pending');
  await expect(policy.execute(scripted({}).work)).rejects.toMatchObject({ code: 'QH_BREAKER_OPEN' });
  await advance(1);
  expect(hung.value).toMatchObject({ code: 'QH_TIMEOUT' });
  await advance(200);
  await expect(policy.execute(scripted({ ok: 'back' }).work)).resolves.toBe('back');
});

test('a try that its caller aborts leaves the place to the next', async () => {
  const policy = createPolicy({ breaker: { consecutive: 1, openMs: 100 } });
  await policy.execute(scripted({ error: refused }).work).catch(() => {});
  await advance(100);
  const stop = new AbortController();
  const tried = watched(policy.execute(scripted('hang').work, { signal: stop.signal }));
  stop.abort(new Error('stop'));
  await advance(0);
  expect(tried.state).toBe('rejected');
  await expect(policy.execute(scripted({ ok: 'back' }).work)).resolves.toBe('back');
});

test('a deadline of the policy counts as a failure, a caller in a hurry does not', async () => {
  const registry = new Registry();
  const policy = createPolicy({ deadlineMs: 1_000, breaker: { consecutive: 1 } }, { registry });
  const hurried = watched(policy.execute(scripted('hang').work, { deadlineMs: 10 }));
  await advance(10);
  expect(hurried.state).toBe('rejected');
  expect(registry.breakers()[0]?.state).toBe('closed');
  const patient = watched(policy.execute(scripted('hang').work, { deadlineMs: 500 }));
  await advance(500);
  expect(patient.state).toBe('rejected');
  expect(registry.breakers()[0]?.state).toBe('open');
});

test('each target has its own, or each host, or the policy one for all', async () => {
  const targets = ['a:80 read', 'a:80 write', 'b:80 read'];
  const states = async (per: 'target' | 'host' | 'policy'): Promise<string[]> => {
    const registry = new Registry();
    const policy = createPolicy({ name: 'shop', breaker: { consecutive: 1, per } }, { registry });
    await policy.execute(scripted({ error: refused }).work, { target: 'a:80 read' }).catch(() => {});
    for (const target of targets) await policy.execute(scripted({}).work, { target }).catch(() => {});
    return registry.breakers().map(({ target, state }) => `${target}: ${state}`);
  };
  expect(await states('target')).toEqual(['a:80 read: open', 'a:80 write: closed', 'b:80 read: closed']);
  expect(await states('host')).toEqual(['a:80: open', 'b:80: closed']);
  expect(await states('policy')).toEqual(['shop: open']);
});

test('the registry tells changes, and the hooks of the policy hear them; what they throw breaks nothing', async () => {
  const registry = new Registry();
  const events: RegistryEvent[] = [];
  const heard: string[] = [];
  const off = registry.on(event => events.push(event));
  registry.on(() => {
    throw new Error('a bad listener');
  });
  const policy = createPolicy(
    {
      name: 'shop',
      breaker: { consecutive: 1, openMs: 100 },
      hooks: {
        onOpen: async ({ reason }) => {
          heard.push(reason);
          throw new Error('a bad hook');
        },
        onRecover: ({ reason }) => void heard.push(reason),
      },
    },
    { registry },
  );
  await policy.execute(scripted({ error: refused }).work).catch(() => {});
  await advance(100);
  await policy.execute(scripted({}).work);
  expect(events).toMatchObject([
    { type: 'breaker', policy: 'shop', target: 'shop', from: 'closed', to: 'open', by: 'calls' },
    { to: 'half-open' },
    { from: 'half-open', to: 'closed', reason: 'it works again' },
  ]);
  expect(heard).toEqual(['a failure', 'it works again']);
  off();
  await policy.execute(scripted({ error: refused }).work).catch(() => {});
  expect(events).toHaveLength(3);
});

test('a target is held by hand whatever its policy', async () => {
  const registry = new Registry();
  const policies = ['a', 'b'].map(name => createPolicy({ name, breaker: true }, { registry }));
  const call = () => Promise.allSettled(policies.map(policy => policy.execute(scripted({}).work, { target: 'shop' })));
  await call();
  const release = registry.hold('shop', 'open', 'not now');
  expect((await call()).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(registry.isDown('shop')).toBe(true);
  release();
  expect((await call()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  expect(registry.isDown('shop')).toBe(false);
});

test('a hold is there for breakers that are made later, and by the name of their host', async () => {
  const registry = new Registry();
  const release = registry.hold('pay.example:443', 'open', 'maintenance');
  const policy = createPolicy({ breaker: true }, { registry });
  const call = (target: string) => policy.execute(scripted({ ok: 'through' }).work, { target });
  await expect(call('pay.example:443 write')).rejects.toMatchObject({ code: 'QH_BREAKER_OPEN' });
  await expect(call('pay.example:4430 write')).resolves.toBe('through');
  expect(registry.isDown('pay.example:443')).toBe(true);
  release();
  await expect(call('pay.example:443 write')).resolves.toBe('through');
  await expect(call('pay.example:443 read')).resolves.toBe('through');
});

test('a listener that throws breaks no call', async () => {
  const onEvent = () => {
    throw new Error('a bad listener');
  };
  const { work, contexts } = scripted({ error: refused }, { ok: 'well' });
  const call = watched(createPolicy({ retry: { retries: 1, baseMs: 1 }, breaker: true }).execute(work, { onEvent }));
  await advance(10);
  expect(call).toMatchObject({ state: 'fulfilled', value: 'well' });
  expect(contexts).toHaveLength(2);
});

test('statistics count calls by outcome', async () => {
  const registry = new Registry();
  const policy = createPolicy(
    { name: 'shop', timeoutMs: 50, retry: { retries: 1, baseMs: 10, jitter: 'none' }, breaker: { consecutive: 3 } },
    { registry },
  );
  await policy.execute(scripted({}).work);
  const failing = watched(policy.execute(scripted('hang').work, { idempotent: true }));
  await advance(200);
  expect(failing.state).toBe('rejected');
  const stop = new AbortController();
  const aborted = watched(policy.execute(scripted('hang').work, { signal: stop.signal }));
  stop.abort();
  await advance(0);
  expect(aborted.state).toBe('rejected');
  await policy.execute(scripted({ error: statusError(500) }).work).catch(() => {});
  await policy.execute(scripted({}).work).catch(() => {});
  expect(registry.statistics()).toEqual([
    {
      policy: 'shop',
      target: 'shop',
      calls: { ok: 1, failed: 2, refused: 1, aborted: 1 },
      attempts: 5,
      retries: 1,
      timeouts: 2,
      hedges: 0,
      fallbacks: 0,
      running: 0,
      waiting: 0,
      waitedMs: { retry: 10, rateLimit: 0, bulkhead: 0 },
    },
  ]);
});
