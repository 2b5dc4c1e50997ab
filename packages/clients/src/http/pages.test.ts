import { expect, test } from 'vitest';
import { createHttpClient } from '../index.ts';
import { json, startFaulty } from '../testing/faulty-server.ts';
import { linkTo } from './pages.ts';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('pages by number end with an empty or a short one', async () => {
  await using server = await startFaulty(json([]));
  await using api = createHttpClient({ baseURL: server.url });
  server.next(json([1, 2]), json([3]));
  expect(await all(api.pages('/a', { next: { by: 'page' }, query: { q: 'x' } }))).toEqual([1, 2, 3]);
  server.next(json({ items: [1, 2] }), json({ items: [3] }));
  expect(
    await all(
      api.pages('/b', { next: { by: 'page', parameter: 'p', first: 0, size: 2 }, query: new URLSearchParams('q=y') }),
    ),
  ).toEqual([1, 2, 3]);
  expect(server.asked.map(({ url }) => url)).toEqual([
    '/a?q=x&page=1',
    '/a?q=x&page=2',
    '/a?q=x&page=3',
    '/b?q=y&p=0',
    '/b?q=y&p=1',
  ]);
});

test('pages by cursor end where none is named', async () => {
  await using server = await startFaulty();
  await using api = createHttpClient({ baseURL: server.url });
  server.next(json({ data: ['a'], next: 'c1' }), json({ data: ['b'], next: null }));
  const cursor = (body: unknown) => (body as { next: string | null }).next;
  const items = api.pages<string>('/{of}', { next: { by: 'cursor', cursor, parameter: 'after' }, params: { of: 'x' } });
  expect(await all(items)).toEqual(['a', 'b']);
  expect(server.asked.map(({ url }) => url)).toEqual(['/x', '/x?after=c1']);
});

test('pages by link are followed as they are named, relative ones too', async () => {
  await using server = await startFaulty();
  await using api = createHttpClient({ baseURL: server.url });
  server.next(
    json([1], 200, { link: '</list?page=2;x,y>; rel="prev next"; title="a, b"' }),
    json([2], 200, { link: '<x>; rel=last' }),
  );
  expect(await all(api.pages('/list', { next: { by: 'link' }, query: { size: 1 } }))).toEqual([1, 2]);
  expect(server.asked.map(({ url }) => url)).toEqual(['/list?size=1', '/list?page=2;x,y']);
  server.next(json([1], 200, { link: '<http://:bad>; rel=next' }));
  await expect(all(api.pages('/list', { next: { by: 'link' } }))).rejects.toMatchObject({ code: 'QH_HTTP_PAGES' });
});

test('a circle and a list without end are errors; whoever stops reading asks no more', async () => {
  await using server = await startFaulty(json({ results: [1], next: 'same' }));
  await using api = createHttpClient({ baseURL: server.url });
  const next = { by: 'cursor', cursor: (body: unknown) => (body as { next: string }).next } as const;
  await expect(all(api.pages('/a', { next }))).rejects.toMatchObject({
    code: 'QH_HTTP_PAGES',
    message: 'The pages of /a lead in a circle: page 2 names the cursor of 4 characters again',
  });
  await expect(all(api.pages('/a', { next: { by: 'page' }, maxPages: 3 }))).rejects.toThrow('/a has more than 3 pages');
  const before = server.asked.length;
  for await (const item of api.pages('/a', { next: { by: 'page' } })) {
    expect(item).toBe(1);
    break;
  }
  expect(server.asked.length).toBe(before + 1);
  server.next(json({ odd: true }));
  await expect(all(api.pages('/a', { next }))).rejects.toThrow('are no lists and have no items, data or results');
});

test('a link is found among many', () => {
  expect(linkTo('next', undefined)).toBeUndefined();
  expect(linkTo('next', '<a>; rel=prev, <b>; REL=Next')).toBe('b');
  expect(linkTo('next', '<a,b>; title="rel=next, <c>"; rel="last"')).toBeUndefined();
});
