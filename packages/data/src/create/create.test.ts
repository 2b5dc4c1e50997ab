import { expect, test } from 'vitest';
import { z } from 'zod';
import { define } from '../factory/factory.ts';
import { belongsTo, hasMany, linksTo, manyToMany } from '../factory/relations.ts';
import { startShelf, workerOn } from '../testing/shelf.ts';

const buyer = define('graph buyer', {
  schema: z.object({ id: z.number(), name: z.string(), email: z.email() }),
  secret: ['name'],
  build: ({ faker, unique }) => ({ name: faker.person.fullName(), email: `${unique('buyer')}@shop.example` }),
  traits: { vip: { name: 'A. Person of Rank' } },
  create: (input, { api }) => api.post('/buyers', { json: input }).json(),
  remove: ({ id }, { api }) => api.delete(`/buyers/${id}`),
  exists: async ({ id }, { api }) => (await api.get(`/buyers/${id}`, { expectStatus: [200, 404] })).status === 200,
});

const line = define('graph line', {
  schema: z.object({ id: z.number(), orderId: z.number(), sku: z.string() }),
  relations: { order: belongsTo('graph order') },
  build: ({ related, unique }) => ({ orderId: related.order.id as number, sku: unique('sku') }),
  create: (input, { api }) => api.post('/lines', { json: input }).json(),
  remove: ({ id }, { api }) => api.delete(`/lines/${id}`),
});

const order = define('graph order', {
  schema: z.object({ id: z.number(), buyerId: z.number(), status: z.enum(['open', 'paid']), total: z.number() }),
  relations: { buyer: belongsTo(buyer), lines: hasMany(line, { as: 'order' }) },
  transient: { price: 10 },
  build: ({ related, params }) => ({ buyerId: related.buyer.id, status: 'open', total: params.price * 2 }),
  traits: { paid: { status: 'paid' } },
  create: { api: (input, { api }) => api.post('/orders', { json: input }).json() },
  remove: ({ id }, { api }) => api.delete(`/orders/${id}`),
});

test('a graph is created parents first, and removed in reverse', async () => {
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const data = await worker.attempt('t1');
  const placed = await data.create(order.as('paid'), { price: 4, lines: 2 });
  expect(placed).toMatchObject({ status: 'paid', total: 8 });
  expect(shelf.asked).toEqual(['POST /buyers', 'POST /orders', 'POST /lines', 'POST /lines']);
  expect(shelf.all('lines').map(item => item['orderId'])).toEqual([placed.id, placed.id]);
  expect(data.related(placed)).toMatchObject({ buyer: { id: placed.buyerId }, lines: [{ orderId: placed.id }, {}] });
  expect(worker.opened).toContain('api');
  const results = await worker.remove(data);
  expect(results.map(({ outcome }) => outcome)).toEqual(['gone', 'gone', 'gone', 'gone']);
  expect(shelf.left).toEqual([]);
  expect(shelf.asked.filter(call => call.startsWith('DELETE')).at(-1)).toMatch(/buyers/);
});

test('a record that is given is the parent, and removed after its child', async () => {
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const data = await worker.attempt('t1');
  const ann = await data.create(buyer, { name: 'Ann' });
  const placed = await data.create(order, { buyer: ann });
  // A copy is the same record.
  await data.create(order, { buyer: { ...ann } });
  const other = await data.create(order, { buyer: buyer.as('vip') });
  expect(placed.buyerId).toBe(ann.id);
  expect(shelf.all('buyers').map(item => item['name'])).toEqual(['Ann', 'A. Person of Rank']);
  expect(other.buyerId).not.toBe(ann.id);
  await worker.remove(data);
  expect(shelf.left).toEqual([]);
});

test('a shared parent is made once for a test, or once for a worker', async () => {
  const shared = define('graph shared order', {
    schema: z.object({ id: z.number(), buyerId: z.number(), shopId: z.number() }),
    relations: {
      buyer: belongsTo(buyer, { share: 'test' }),
      shop: belongsTo(buyer.with({ name: 'Shop' }), { share: 'worker' }),
    },
    build: ({ related }) => ({ buyerId: related.buyer.id, shopId: related.shop.id }),
    create: (input, { api }) => api.post('/orders', { json: input }).json(),
    remove: ({ id }, { api }) => api.delete(`/orders/${id}`),
  });
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const [one, two] = [await worker.attempt('t1'), await worker.attempt('t2')];
  const orders = [...(await one.createMany(shared, 3)), await two.create(shared)];
  expect(new Set(orders.map(({ buyerId }) => buyerId)).size).toBe(2);
  expect(new Set(orders.map(({ shopId }) => shopId)).size).toBe(1);
  await worker.remove(one);
  await worker.remove(two);
  // What tests of the worker share outlives each of them.
  expect(shelf.all('buyers').map(item => item['name'])).toEqual(['Shop']);
  await worker.end();
  expect(shelf.left).toEqual([]);
});

test('a circle is closed by a link, and opened before anything is removed', async () => {
  const member = define('graph member', {
    schema: z.object({ id: z.number(), teamId: z.number() }),
    relations: { team: belongsTo('graph team') },
    build: ({ related }) => ({ teamId: related.team.id as number }),
    create: (input, { api }) => api.post('/members', { json: input }).json(),
    remove: ({ id }, { api }) => api.delete(`/members/${id}`),
  });
  const team = define('graph team', {
    schema: z.object({ id: z.number(), memberId: z.number().nullish() }),
    relations: { leader: linksTo(member, { as: 'team' }) },
    build: () => ({ memberId: null }),
    create: (input, { api }) => api.post('/teams', { json: input }).json(),
    remove: ({ id }, { api }) => api.delete(`/teams/${id}`),
    links: {
      leader: {
        link: (owner, leader, { api }) =>
          api.patch(`/teams/${owner.id}`, { json: { memberId: leader.id } }).json<typeof owner>(),
        unlink: async ({ id }, _leader, { api }) => {
          await api.patch(`/teams/${id}`, { json: { memberId: null } });
        },
      },
    },
  });
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const data = await worker.attempt('t1');
  const made = await data.create(team);
  expect(made.memberId).toBe(shelf.all('members')[0]?.id);
  expect((data.related(made) as { leader: { teamId: number } }).leader.teamId).toBe(made.id);
  const results = await worker.remove(data);
  expect(results.map(({ outcome, detail }) => [outcome, detail])).toEqual(Array(3).fill(['gone', undefined]));
  expect(shelf.left).toEqual([]);
});

test('many to many: each pair is put together', async () => {
  const tag = define('graph tag', {
    schema: z.object({ id: z.number(), word: z.string() }),
    build: ({ unique }) => ({ word: unique('tag') }),
    create: (input, { api }) => api.post('/tags', { json: input }).json(),
    remove: ({ id }, { api }) => api.delete(`/tags/${id}`),
  });
  const article = define('graph article', {
    schema: z.object({ id: z.number(), title: z.string() }),
    relations: { tags: manyToMany(tag, { count: 2, share: 'test' }) },
    build: ({ unique }) => ({ title: unique() }),
    create: (input, { api }) => api.post('/articles', { json: input }).json(),
    remove: ({ id }, { api }) => api.delete(`/articles/${id}`),
    links: {
      tags: {
        link: async (owner, other, { api }) => {
          await api.post('/pairs', { json: { articleId: owner.id, tagId: other.id } });
        },
        unlink: async (owner, other, { api }) => {
          const pairs = await api.get('/pairs').json<{ id: number; articleId: number; tagId: number }[]>();
          const found = pairs.find(pair => pair.articleId === owner.id && pair.tagId === other['id']);
          if (found) await api.delete(`/pairs/${found.id}`);
        },
      },
    },
  });
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const data = await worker.attempt('t1');
  const [first, second] = await data.createMany(article, 2);
  const given = await data.create(article, { tags: [await data.create(tag)] });
  expect(shelf.all('tags')).toHaveLength(3);
  expect(
    shelf
      .all('pairs')
      .map(pair => pair['articleId'])
      .sort(),
  ).toEqual([first?.id, first?.id, second?.id, second?.id, given.id].sort());
  await worker.remove(data);
  expect(shelf.left).toEqual([]);
});

test('a child that leads back to nothing is told, and one that is given is taken as it is', async () => {
  const lost = define('graph lost', {
    schema: z.object({ id: z.number(), buyerId: z.number(), status: z.string() }),
    input: z.object({}),
    relations: { orders: hasMany(order, { as: 'buyr', count: 1 }) },
    build: () => ({}),
    create: (_input, { api }) => api.post('/lost', { json: { buyerId: 0, status: 'x' } }).json(),
    remove: ({ id }, { api }) => api.delete(`/lost/${id}`),
  });
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const data = await worker.attempt('t1');
  await expect(data.create(lost)).rejects.toMatchObject({
    code: 'QH_DATA_UNKNOWN',
    message: '"graph order" belongs to no "buyr"; did you mean "buyer"?',
  });
  const placed = await data.create(order);
  const found = await data.create(lost, { orders: [placed] });
  expect(data.related(found)['orders']).toEqual([placed]);
  await worker.remove(data);
  expect(shelf.left).toEqual([]);
});
