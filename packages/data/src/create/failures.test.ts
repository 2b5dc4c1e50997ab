import { expect, test } from 'vitest';
import { z } from 'zod';
import { define } from '../factory/factory.ts';
import { belongsTo } from '../factory/relations.ts';
import { readEntries } from '../ledger/read-entries.ts';
import { rule } from '../rules/rule.ts';
import { startShelf, workerOn } from '../testing/shelf.ts';

const account = define('fail account', {
  schema: z.object({ id: z.number(), name: z.string(), limit: z.number(), used: z.number().default(0) }),
  input: z.object({ name: z.string().min(3), limit: z.number().positive(), password: z.string() }),
  secret: ['password'],
  rules: [rule('no more is used than the limit', ({ used, limit }) => used <= limit || `${used} of ${limit}`)],
  build: ({ unique }) => ({ name: unique('ann'), limit: 10, password: 'correct horse' }),
  create: (input, { api }) => api.post('/accounts', { json: input }).json(),
  find: async ({ name }, { api }) => {
    const all = await api.get('/accounts').json<{ id: number; name: string }[]>();
    return all.find(one => one.name === name);
  },
  remove: ({ id }, { api }) => api.delete(`/accounts/${id}`),
});

async function entriesOf(worker: ReturnType<typeof workerOn>) {
  return readEntries(await worker.data.ledger());
}

test('what is refused was never there; what got no answer is looked for', async () => {
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const data = await worker.attempt('t1');
  shelf.refuse = call => (call.startsWith('POST') ? 422 : undefined);
  await expect(data.create(account)).rejects.toMatchObject({ code: 'QH_HTTP_STATUS', status: 422 });
  expect(await entriesOf(worker)).toEqual([]);
  shelf.lose = call => call.startsWith('POST');
  shelf.refuse = undefined;
  await expect(data.create(account)).rejects.toMatchObject({ code: 'QH_HTTP_NETWORK' });
  expect(shelf.left).toHaveLength(1);
  expect(await entriesOf(worker)).toMatchObject([{ kind: 'fail account', state: 'intended' }]);
  shelf.lose = undefined;
  const results = await worker.remove(data);
  expect(results).toMatchObject([{ outcome: 'gone' }]);
  expect(shelf.left).toEqual([]);
  expect(await entriesOf(worker)).toEqual([]);
}, 30_000);

test('an intent holds what finds the record, and no secrets', async () => {
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const data = await worker.attempt('t1');
  await data.create(account);
  const [entry] = await entriesOf(worker);
  expect(entry).toMatchObject({
    state: 'made',
    record: { id: 1 },
    input: { name: 'ann-nt100000-1', limit: 10 },
    owner: { run: 'r', worker: 'w-1', test: 't1', namespace: 'nt100000' },
  });
  expect(JSON.stringify(await worker.store.list(''))).not.toContain('correct horse');
  expect(JSON.stringify(worker.seen)).not.toContain('correct horse');
});

test('what would be sent is checked, and nothing is written down for it', async () => {
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const data = await worker.attempt('t1');
  await expect(data.create(account, { name: 'a', limit: -1 })).rejects.toMatchObject({
    code: 'QH_DATA_RECORD',
    problems: [{ path: 'name' }, { path: 'limit' }],
  });
  expect(shelf.asked).toEqual([]);
});

test('what comes back is checked, with every violation, and is removed all the same', async () => {
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const data = await worker.attempt('t1');
  const strict = define('fail strict', {
    schema: z.object({ id: z.number(), tags: z.array(z.object({ word: z.string() })), name: z.string() }),
    input: z.object({ tags: z.array(z.object({ word: z.unknown() })) }),
    build: () => ({ tags: [{ word: 'a' }, { word: 3 }] }),
    create: (input, { api }) => api.post('/strict', { json: input }).json(),
    remove: ({ id }, { api }) => api.delete(`/strict/${id}`),
  });
  await expect(data.create(strict)).rejects.toMatchObject({
    code: 'QH_DATA_RECORD',
    message: expect.stringMatching(/^What came back as "fail strict": tags\[1\]\.word: .*; name: /),
  });
  const overdrawn = define('fail overdrawn', {
    schema: z.object({ id: z.number(), used: z.number(), limit: z.number() }),
    rules: [
      rule('no more is used than the limit', ({ used, limit }) => used <= limit || `${used} of ${limit}`),
      rule('something is used', ({ used }) => used > 100),
      rule('the limit is even', () => {
        throw new Error('out of order');
      }),
      rule('it has a place', () => ({ path: 'used', message: 'not here' })),
      rule('this holds', () => undefined),
    ],
    build: () => ({ used: 3, limit: 2 }),
    create: (input, { api }) => api.post('/overdrawn', { json: input }).json(),
    remove: ({ id }, { api }) => api.delete(`/overdrawn/${id}`),
  });
  await expect(data.create(overdrawn)).rejects.toMatchObject({
    problems: [
      { path: '', message: 'no more is used than the limit: 3 of 2' },
      { path: '', message: 'not true: something is used' },
      { path: '', message: 'the limit is even: the rule has failed: out of order' },
      { path: 'used', message: 'it has a place: not here' },
    ],
  });
  const nameless = define('fail nameless', {
    schema: z.object({ code: z.string() }),
    key: 'code',
    input: z.object({}),
    build: () => ({}),
    create: (input, { api }) => api.post('/nameless', { json: input }).json(),
    remove: () => Promise.reject(new Error('never')),
  });
  await expect(data.create(nameless)).rejects.toMatchObject({ problems: [{ path: 'code' }] });
  await worker.remove(data);
  expect(shelf.left.filter(one => !one.startsWith('nameless'))).toEqual([]);
}, 30_000);

test('of many, each is tried, and the error has the outcome of each', async () => {
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const data = await worker.attempt('t1');
  shelf.refuse = (call, body) => (call.startsWith('POST') && body['limit'] === 3 ? 400 : undefined);
  const error = await data
    .createMany(account, [{ limit: 1 }, { limit: 3 }, { limit: 2 }, { limit: 3 }], { name: 'Bob' }, { concurrency: 2 })
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: 'QH_DATA_CREATE_MANY',
    message: expect.stringMatching(/^2 of 4 "fail account" could not be created: 2: .*400.*; 4: .*400/),
    outcomes: [
      { status: 'created', record: { name: 'Bob', limit: 1 } },
      { status: 'failed' },
      { status: 'created', record: { limit: 2 } },
      { status: 'failed' },
    ],
    errors: [{ status: 400 }, { status: 400 }],
  });
  await worker.remove(data);
  expect(shelf.left).toEqual([]);
});

test('a parent that fails fails the record, when its brothers have ended, and they are removed', async () => {
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const data = await worker.attempt('t1');
  const deal = define('fail deal', {
    schema: z.object({ id: z.number(), buyerId: z.number(), sellerId: z.number() }),
    relations: { buyer: belongsTo(account.with({ limit: 1 })), seller: belongsTo(account.with({ limit: 3 })) },
    build: ({ related }) => ({ buyerId: related.buyer.id, sellerId: related.seller.id }),
    create: (input, { api }) => api.post('/deals', { json: input }).json(),
    remove: ({ id }, { api }) => api.delete(`/deals/${id}`),
  });
  shelf.refuse = (call, body) => (call.startsWith('POST') && body['limit'] === 3 ? 400 : undefined);
  await expect(data.create(deal)).rejects.toMatchObject({ status: 400 });
  expect(shelf.left).toEqual(['accounts/1']);
  await worker.remove(data);
  expect(shelf.left).toEqual([]);
});

test('a way that there is none of is told, and nothing is created after the end', async () => {
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const data = await worker.attempt('t1');
  const ways = define('fail ways', {
    schema: z.object({ id: z.number() }),
    build: () => ({}),
    create: { api: async () => ({ id: 1 }), page: async (_input, { page }) => page as unknown as { id: number } },
  });
  const never = define('fail never', { schema: z.object({ id: z.number() }), build: () => ({}) });
  expect(await data.create(ways)).toEqual({ id: 1 });
  await expect(data.create(ways, {}, { via: 'db' })).rejects.toMatchObject({
    code: 'QH_DATA_UNKNOWN',
    hint: 'It can be via api, page',
  });
  await expect(data.create(account, {}, { via: 'db' })).rejects.toMatchObject({
    hint: 'Its create has no ways: write create: { api: …, db: … }',
  });
  await expect(data.create(never)).rejects.toMatchObject({ message: '"fail never" cannot be created' });
  expect(await data.with({ page: { id: 7 } }).create(ways, {}, { via: 'page' })).toEqual({ id: 7 });
  // Nobody has to remove these: the ledger was never opened.
  expect(worker.ledgers).toEqual([]);
  const stopped = AbortSignal.abort(new Error('enough'));
  await expect(data.create(account, {}, { signal: stopped })).rejects.toThrow('enough');
  await worker.remove(data);
  await expect(data.create(account)).rejects.toMatchObject({ code: 'QH_DATA_ENDED' });
  expect(shelf.asked).toEqual([]);
});

test('what a test did not wait for is waited for before the removal', async () => {
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const data = await worker.attempt('t1');
  const held = Promise.withResolvers<void>();
  const slow = define('fail slow', {
    schema: z.object({ id: z.number() }),
    build: () => ({}),
    create: async (_input, { api, signal }) => {
      const answer = await api.post('/slow', { json: {} }).json();
      await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()));
      await held.promise;
      return answer;
    },
    remove: ({ id }, { api }) => api.delete(`/slow/${id}`),
  });
  const creating = data.create(slow).catch((error: unknown) => error);
  await expect.poll(() => shelf.left, { timeout: 20_000 }).toEqual(['slow/1']);
  const removing = worker.remove(data);
  held.resolve();
  expect(await removing).toMatchObject([{ outcome: 'gone' }]);
  expect(await creating).toMatchObject({ id: 1 });
  expect(shelf.left).toEqual([]);
}, 30_000);

test('a store that takes nothing: nothing is created', async () => {
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const data = await worker.attempt('t1');
  await worker.store.close();
  await expect(data.create(account)).rejects.toMatchObject({ code: 'QH_DATA_LEDGER' });
  expect(shelf.asked).toEqual([]);
});
