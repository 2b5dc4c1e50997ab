import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ConfigEvent, LiveConfig, type ResolvedConfig, resolveConfig } from '../index.ts';
import { scratchFiles } from '../testing/scratch-files.ts';

const file = (values: object): string => JSON.stringify({ values });

interface Live {
  readonly live: LiveConfig;
  readonly folder: string;
  readonly events: ConfigEvent[];
  /** The next event, which may have come already. */
  next(): Promise<ConfigEvent>;
}

async function open(values: object): Promise<Live> {
  const folder = scratchFiles({ 'quality-hub.config.json': file(values) });
  const resolve = async (updates: Parameters<ConstructorParameters<typeof LiveConfig>[1]['resolve']>[0] = []) =>
    resolveConfig({
      from: folder,
      cwd: folder,
      env: {},
      updates,
      check: config => (config.clients === undefined ? [] : ['clients are not wanted']),
    });
  const live = new LiveConfig((await resolve()) as ResolvedConfig, { resolve, debounceMs: 20, now: () => 0 });
  onTestFinished(() => live.close());
  const events: ConfigEvent[] = [];
  const waiting: ((event: ConfigEvent) => void)[] = [];
  live.on(event => {
    events.push(event);
    waiting.shift()?.(event);
  });
  const next = () => new Promise<ConfigEvent>(taken => waiting.push(taken));
  return { live, folder, events, next };
}

test('a change of a file is followed, a broken one is told and changes nothing, and the next right one counts', async () => {
  const { live, folder, next } = await open({ shop: { currency: 'EUR', limit: 1 } });
  const path = join(folder, 'quality-hub.config.json');
  live.watch();
  const first = live.current;

  let event = next();
  writeFileSync(path, file({ shop: { currency: 'USD', limit: 1 } }));
  expect(await event).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    by: 'quality-hub.config.json',
    changes: [{ path: 'shop.currency', before: 'EUR', after: 'USD' }],
  });
  expect(live.current.values).toEqual({ shop: { currency: 'USD', limit: 1 } });
  expect(first.values).toEqual({ shop: { currency: 'EUR', limit: 1 } });

  event = next();
  writeFileSync(path, '{ "values": ');
  expect((await event).trouble).toMatchObject({ code: 'QH_CONFIG_LOAD' });
  expect(live.current.values).toEqual({ shop: { currency: 'USD', limit: 1 } });

  event = next();
  writeFileSync(path, JSON.stringify({ clients: {} }));
  expect((await event).trouble).toMatchObject({ code: 'QH_CONFIG', problems: ['clients are not wanted'] });

  event = next();
  writeFileSync(join(folder, 'quality-hub.config.json'), file({ shop: { currency: 'GBP' } }));
  await event;
  event = next();
  writeFileSync(join(folder, 'quality-hub.config.local.json'), file({ shop: { currency: 'CHF' } }));
  expect((await event).changes).toEqual([{ path: 'shop.currency', before: 'GBP', after: 'CHF' }]);
});

test('several writes at once are one reload', async () => {
  const { live, folder, events, next } = await open({ a: 0 });
  live.watch();
  const event = next();
  for (let a = 1; a <= 5; a++) writeFileSync(join(folder, 'quality-hub.config.json'), file({ a }));
  writeFileSync(join(folder, 'other.json'), '{}');
  await event;
  expect(events).toMatchObject([{ changes: [{ path: 'a', before: 0, after: 5 }] }]);
});

test('a program changes values by their places: all of them or none, and takes them back', async () => {
  const { live, events } = await open({ shop: { currency: 'EUR' }, list: [1] });
  const changed = await live.update({ 'shop.currency': 'USD', 'shop.limit': 3 }, { by: 'the page' });
  expect(changed.values).toEqual({ shop: { currency: 'USD', limit: 3 }, list: [1] });
  expect(live.current.explain('shop.currency')).toMatchObject({ source: 'the page', value: 'USD' });
  await expect(live.update({ 'shop.currency': 'GBP', 'clients.a': {} }, { by: 'x' })).rejects.toMatchObject({
    code: 'QH_CONFIG',
    problems: ['clients are not wanted'],
  });
  expect(() => live.update({ '..': 1 }, { by: 'x' })).toThrow(expect.objectContaining({ code: 'QH_CONFIG' }));
  expect(live.current).toBe(changed);
  expect((await live.reset('shop.currency', { by: 'the page' })).values).toEqual({
    shop: { currency: 'EUR', limit: 3 },
    list: [1],
  });
  expect((await live.reset(undefined, { by: 'the page' })).values).toEqual({ shop: { currency: 'EUR' }, list: [1] });
  expect(events.map(event => event.changes?.map(({ path }) => path))).toEqual([
    ['shop.currency', 'shop.limit'],
    ['shop.currency'],
    ['shop.limit'],
  ]);
});

test('changes of a program stay when the files change', async () => {
  const { live, folder } = await open({ a: 1, b: 1 });
  await live.update({ a: 2 }, { by: 'test' });
  writeFileSync(join(folder, 'quality-hub.config.json'), file({ a: 5, b: 5 }));
  await live.reload();
  expect(live.current.values).toEqual({ a: 2, b: 5 });
});

test('files that go away leave the values as they were', async () => {
  const { live, folder, events } = await open({ a: 1 });
  rmSync(join(folder, 'quality-hub.config.json'));
  await live.reload();
  expect(events).toMatchObject([{ trouble: { code: 'QH_CONFIG_LOAD' } }]);
  expect(live.current.values).toEqual({ a: 1 });
  live.close();
  await live.reload();
  expect(events).toHaveLength(1);
});
