import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { template } from '../template/template.ts';
import { startShelf, workerOn } from '../testing/shelf.ts';
import { define } from './factory.ts';
import { belongsTo } from './relations.ts';

const shop = define('build shop', {
  schema: z.object({ id: z.uuid(), name: z.string() }),
  build: ({ faker, unique }) => ({ name: `${faker.company.name()} ${unique()}` }),
});
const buyer = define('build buyer', {
  schema: z.object({ id: z.number(), name: z.string(), email: z.email(), since: z.date() }),
  build: ({ faker, unique, sequence }) => ({
    name: `${faker.person.fullName()} ${sequence}`,
    email: `${unique('ann')}@shop.example`,
    since: faker.date.past(),
  }),
  traits: { vip: { name: 'A. Person of Rank' }, since2020: () => ({ since: new Date(0) }) },
});
const order = define('build order', {
  schema: z.object({ id: z.string(), buyerId: z.number(), shopId: z.string(), word: z.string(), total: z.number() }),
  relations: { buyer: belongsTo(buyer), shop: belongsTo(shop), seller: belongsTo(buyer, { optional: true }) },
  transient: { price: 3, count: 2 },
  build: ({ related, params, faker, given }) => ({
    buyerId: related.buyer.id,
    shopId: related.shop.id,
    word: related.seller === undefined ? `nobody sells ${faker.lorem.word()}` : related.seller.name,
    total: given.total ?? params.price * params.count,
  }),
  traits: { dear: ({ params }) => ({ total: params.price * 1000 }), free: { total: 0 } },
  afterBuild: (built, { traits }) => (traits.includes('free') ? { ...built, word: 'a gift' } : undefined),
});

async function dataOf(test: string, options: { seed?: string; namespace?: string } = {}) {
  const { seed = '20260101-a', namespace } = options;
  return workerOn({ client: undefined as never }, { seed }).attempt(test, namespace);
}

test('the same seed, test and call give the same data; another seed, test or call gives others', async () => {
  const [one, again, otherTest, otherSeed] = await Promise.all([
    dataOf('t1'),
    dataOf('t1'),
    dataOf('t2'),
    dataOf('t1', { seed: '20260101-b' }),
  ]);
  const first = one.build(order);
  expect(again.build(order)).toEqual(first);
  expect(one.build(order).word).not.toBe(first.word);
  expect(otherTest.build(order).word).not.toBe(first.word);
  expect(otherSeed.build(order).word).not.toBe(first.word);
  expect(one.seed).toBe('20260101-a');
});

test('calls for other factories, and parents that are looked at, change nothing', async () => {
  const [one, two] = [await dataOf('t1'), await dataOf('t1')];
  two.build(buyer);
  two.unique('x');
  two.build(order, { buyer: { id: 1, name: 'Ann', email: 'ann@x.test', since: new Date() } });
  one.build(order, { word: 'given' });
  expect(two.build(order).word).toBe(one.build(order).word);
});

test('a retry has the same data under another namespace', async () => {
  const [first, retry] = [await dataOf('t1', { namespace: 'aaaaaaaa' }), await dataOf('t1', { namespace: 'bbbbbbbb' })];
  const [before, after] = [first.build(buyer), retry.build(buyer)];
  expect(after.name).toBe(before.name);
  expect([before.email, after.email]).toEqual(['ann-aaaaaaaa-1@shop.example', 'ann-bbbbbbbb-1@shop.example']);
  expect(after.since).toEqual(before.since);
});

test('a seed that names a day makes dates around it', async () => {
  const early = (await dataOf('t1', { seed: '20200301-x' })).build(buyer);
  const late = (await dataOf('t1', { seed: '20250301-x' })).build(buyer);
  expect(early.since.getUTCFullYear()).toBeLessThanOrEqual(2020);
  // Give or take the days by which years differ.
  const days = (late.since.getTime() - early.since.getTime()) / 86_400_000;
  expect(Math.abs(days - 5 * 365.25)).toBeLessThan(3);
  // The day is no part of what chance depends on: a run over midnight stays itself.
  expect(late.name).toBe(early.name);
});

test('traits are put on in their order, then what is given, and then afterBuild', async () => {
  const data = await dataOf('t1');
  expect(data.build(order).total).toBe(6);
  expect(data.build(order, { price: 5 }).total).toBe(10);
  expect(data.build(order.as('dear')).total).toBe(3000);
  expect(data.build(order.as('dear').as('free'))).toMatchObject({ total: 0, word: 'a gift' });
  expect(data.build(order.as('free', 'dear'), { price: 1 }).total).toBe(1000);
  expect(data.build(order.as('free').with({ total: 7 }), { word: 'mine' })).toMatchObject({ total: 7, word: 'a gift' });
  expect(data.buildMany(order.with({ total: 1 }), 2, { total: 2 }).map(({ total }) => total)).toEqual([2, 2]);
  expect(data.build(order, { seller: buyer.as('vip') }).word).toBe('A. Person of Rank');
});

test('what build gave is not changed by traits: it may be a constant', async () => {
  const constant = Object.freeze({ word: 'same' });
  const fixed = define('build fixed', {
    schema: z.object({ id: z.number(), word: z.string() }),
    build: () => constant,
    traits: { other: { word: 'other' } },
  });
  const data = await dataOf('t1');
  expect(data.build(fixed)).toBe(constant);
  expect(data.build(fixed.as('other'), {})).toEqual({ word: 'other' });
  expect(constant.word).toBe('same');
});

test('a stub has the key its schema wants, and is what build sees of a parent', async () => {
  const data = await dataOf('t1');
  expect(z.uuid().parse(data.stub(shop).id)).toEqual(expect.any(String));
  expect(data.stub(buyer)).toMatchObject({ id: 1_900_000_001, email: expect.stringContaining(data.namespace) });
  expect(data.stub(buyer).id).toBe(1_900_000_002);
  expect(data.stub(order).id).toMatch(/^stub-nt100000-/);
  const own = define('build own stub', {
    schema: z.object({ id: z.number(), word: z.string(), at: z.string() }),
    input: z.object({ word: z.string() }),
    build: ({ unique }) => ({ word: unique() }),
    stub: (built, { key }) => ({ ...built, id: Number(key), at: 'now' }),
  });
  expect(data.stub(own)).toMatchObject({ id: 1_900_000_001, at: 'now' });
});

test('attributes are what an API takes', async () => {
  const data = await dataOf('t1');
  expect(data.attributesFor(buyer, { since: new Date(0) })).toMatchObject({ since: '1970-01-01T00:00:00.000Z' });
  const snake = define('build snake', {
    schema: z.object({ id: z.number(), firstName: z.string() }),
    build: () => ({ firstName: 'Ann' }),
    attributes: ({ firstName }) => ({ first_name: firstName }),
  });
  expect(data.attributesFor(snake)).toEqual({ first_name: 'Ann' });
});

test('names and numbers are unlike all others, whatever is built and however it is nested', async () => {
  const several = define('build several', {
    schema: z.object({ id: z.number(), words: z.array(z.string()), numbers: z.array(z.number()) }),
    build: ({ unique, uniqueNumber }) => ({
      words: [unique('a'), unique('a'), unique(), unique('')],
      numbers: [uniqueNumber(), uniqueNumber()],
    }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{7}$/), { minLength: 2, maxLength: 4 }),
      fc.array(fc.constantFrom('several', 'word', 'number', 'template'), { minLength: 1, maxLength: 12 }),
      async (namespaces, calls) => {
        const words: string[] = [];
        const numbers: number[] = [];
        const take = (made: { readonly words: readonly string[]; readonly numbers: readonly number[] }): void => {
          words.push(...made.words);
          numbers.push(...made.numbers);
        };
        for (const namespace of namespaces) {
          const data = await dataOf('t1', { namespace });
          for (const call of calls) {
            if (call === 'several') take(data.build(several));
            else if (call === 'word') words.push(data.unique('a'), data.unique());
            else if (call === 'number') numbers.push(data.uniqueNumber());
            else words.push(data.build(buyer).email, data.stub(shop).name);
          }
        }
        expect(new Set(words).size).toBe(words.length);
        expect(new Set(numbers).size).toBe(numbers.length);
        expect(numbers.every(Number.isSafeInteger)).toBe(true);
      },
    ),
    { numRuns: 30 },
  );
});

test('an attempt that wants too many numbers is told', async () => {
  const data = await dataOf('t1', { namespace: 'zzzzzzzz' });
  const numbers = Array.from({ length: 4096 }, () => data.uniqueNumber());
  expect(numbers.every(Number.isSafeInteger)).toBe(true);
  expect(() => data.uniqueNumber()).toThrow(expect.objectContaining({ code: 'QH_DATA_NUMBERS' }));
});

test('mine are the records that have the namespace in a text of theirs', async () => {
  const data = await dataOf('t1');
  const mine = data.build(buyer);
  const all = [mine, { name: 'other', deep: { list: [mine.email.toUpperCase()] } }, { name: 'other', n: 1 }, null];
  expect(data.mine(all)).toEqual([mine, all[1]]);
  expect(data.mine(all.slice(0, 3), record => record && 'email' in record && record.email)).toEqual([mine]);
});

test('what is misspelt or wrong is told with what was meant', async () => {
  const data = await dataOf('t1');
  expect(() => data.build(order, { totl: 3 } as never)).toThrow(
    expect.objectContaining({ code: 'QH_OPTION', message: 'build order: there is no totl; did you mean total?' }),
  );
  expect(() => order.with({ selller: 1 } as never)).toThrow(/did you mean seller/);
  expect(() => order.as('fre' as never)).toThrow(
    expect.objectContaining({ code: 'QH_DATA_UNKNOWN', message: expect.stringContaining('did you mean "free"?') }),
  );
  expect(() => shop.as('x' as never)).toThrow(expect.objectContaining({ hint: 'It has no traits at all' }));
  const late = define('build late', {
    schema: z.object({ id: z.number() }),
    build: (async () => ({})) as never,
  });
  expect(() => data.build(late)).toThrow(
    expect.objectContaining({
      code: 'QH_DATA_BUILD',
      message: 'build of "build late" gave a promise, expected an object',
    }),
  );
  const empty = define('build empty', { schema: z.object({ id: z.number() }), build: (() => undefined) as never });
  expect(() => data.build(empty)).toThrow(/gave undefined/);
  const lost = define('build lost', {
    schema: z.object({ id: z.number(), n: z.number() }),
    relations: { parent: belongsTo('build buyr') },
    build: ({ related }) => ({ n: related.parent['id'] as number }),
  });
  expect(() => data.build(lost)).toThrow(/no factory "build buyr"; did you mean "build buyer"\?/);
});

test('a template makes a graph with one word, and what it makes depends on nothing else', async () => {
  await using shelf = await startShelf();
  const thing = define('build thing', {
    schema: z.object({ id: z.number(), word: z.string(), name: z.string() }),
    build: ({ faker, unique }) => ({ word: faker.lorem.words(4), name: unique() }),
    create: (input, { api }) => api.post('/things', { json: input }).json(),
    remove: ({ id }, { api }) => api.delete(`/things/${id}`),
  });
  const box = template('box with things', { things: 2 }, async (make, { things }) => ({
    lid: await make.create(thing, { word: 'lid' }),
    things: await make.createMany(thing, things),
  }));
  const run = async (before: number) => {
    const worker = workerOn(shelf);
    const data = await worker.attempt('t1');
    data.buildMany(thing, before);
    const made = await data.create(box, { things: 3 });
    await worker.remove(data);
    return made;
  };
  const [first, again] = [await run(0), await run(5)];
  expect(first.lid.word).toBe('lid');
  expect(first.things).toHaveLength(3);
  expect(again.things.map(({ word }) => word)).toEqual(first.things.map(({ word }) => word));
  expect(new Set([first.lid, ...first.things].map(({ name }) => name)).size).toBe(4);
  expect(shelf.left).toEqual([]);
});
