import { readFileSync } from 'node:fs';
import { isQualityHubError } from '@quality-hub/protocol';
import { startServer, startTcpProxy, startTlsFront } from '@quality-hub/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startOwnCluster } from '../../testing/own-cluster.ts';
import { startOwnRedis } from '../../testing/own-redis.ts';
import { openEmptyRedis, redisServers } from '../../testing/redis-servers.ts';
import { openRedisState, type RedisState, type RedisStateOptions } from '../redis.ts';
import { luaScript } from './lua-script.ts';
import { connectRedis } from './redis-client.ts';
import { connectError, redisError, redisTrouble } from './redis-errors.ts';

const url = redisServers[0]?.url ?? '';
const owner = { id: 'x' };
const LONG_MS = 600_000;

async function open(address: string, options: Partial<RedisStateOptions> = {}): Promise<RedisState> {
  const state = await openEmptyRedis(address, options);
  onTestFinished(() => end(state));
  return state;
}

async function end({ store, leases }: RedisState): Promise<void> {
  await leases.close();
  await store.close();
}

/** Says something to a server, as an administrator does. */
async function administer(address: string, ...commands: readonly string[][]): Promise<unknown> {
  const client = await connectRedis({ urls: [new URL(address)], isCluster: false, connectMs: 10_000, ca: undefined });
  let reply: unknown;
  for (const command of commands) reply = await client.send('', command);
  client.destroy();
  return reply;
}

/** A server, and another one that copies it; `behind` is the address of the copy. */
async function startWithCopy() {
  const [first, second] = [await startOwnRedis(), await startOwnRedis()];
  const { hostname, port, password } = new URL(first.url);
  await administer(first.url, ['CONFIG', 'SET', 'repl-diskless-sync-delay', '0']);
  const follow = [
    ['CONFIG', 'SET', 'masterauth', password],
    ['REPLICAOF', hostname, port],
    ['CONFIG', 'SET', 'requirepass', password],
  ];
  await administer(second.url, ...follow);
  const behind = new URL(second.url);
  behind.password = password;
  return { first, second, behind: behind.href };
}

async function failure(work: () => Promise<unknown>): Promise<Error & { code?: string; hint?: string }> {
  const error = await work().then(
    () => new Error('it did not fail'),
    thrown => thrown,
  );
  expect(isQualityHubError(error), String(error)).toBe(true);
  return error;
}

describe.skipIf(url === '')('Redis in trouble (needs QH_REDIS_URL)', () => {
  test('calls whose connection is cut are made over the next one, and none is made twice', async () => {
    await using proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(url).port) });
    const { store, leases } = await open(proxy.url(url));
    let isOver = false;
    const cuts = (async () => {
      while (!isOver) {
        proxy.reset();
        await new Promise(resolve => setTimeout(resolve, 30));
      }
    })();
    const tokens: number[] = [];
    for (let round = 0; round < 60; round++) {
      const answer = await leases.acquire([{ name: 'a' }], { owner, ttlMs: LONG_MS });
      if (!answer.granted) throw new Error(`round ${round}: held twice by ${answer.holders[0]?.owner.id}`);
      tokens.push(answer.lease.token);
      expect(await store.set('n', String(round), { ifVersion: (await store.get('n'))?.version ?? 0 })).toBeGreaterThan(
        0,
      );
      expect(await leases.renew(answer.lease, LONG_MS)).toMatchObject({ token: answer.lease.token });
      expect(await leases.release(answer.lease)).toBe(true);
    }
    isOver = true;
    await cuts;
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b));
    expect(await leases.table('')).toEqual({ leases: [], waiters: [] });
    expect((await store.get('n'))?.value).toBe('59');
  });

  test('a waiter whose connection was lost is woken when there is one again', async () => {
    await using proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(url).port) });
    const prefix = `test-${Math.random()}`;
    const [direct, cut] = [await open(url, { prefix }), await open(proxy.url(url), { prefix })];
    const held = await direct.leases.acquire([{ name: 'a' }], { owner, ttlMs: LONG_MS });
    const place = await cut.leases.acquire([{ name: 'a' }], { owner: { id: 'y' }, ttlMs: LONG_MS });
    if (!held.granted || place.granted) throw new Error('the lease is with the wrong one');
    const names = cut.leases.released(['a'], { signal: new AbortController().signal, ticket: place.ticket });
    await proxy.refuse();
    proxy.reset();
    await direct.leases.release(held.lease);
    await proxy.normal();
    for await (const name of names) {
      expect(name).toBe('a');
      break;
    }
    const ticket = place.ticket ?? '';
    expect(await cut.leases.acquire([{ name: 'a' }], { owner: { id: 'y' }, ttlMs: LONG_MS, ticket })).toMatchObject({
      granted: true,
    });
  });

  test('a server that hangs is not waited for longer than agreed, and it is told what may have been done', async () => {
    await using proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(url).port) });
    const { store } = await open(proxy.url(url), { timeoutMs: 600 });
    proxy.halfOpen();
    const error = await failure(() => store.set('a', 'one'));
    expect(error.code).toBe('QH_STATE_UNREACHABLE');
    expect(error.message).toMatch(/did not answer within 0\.6 s .*may have been done/);
    expect(error.message).not.toContain(new URL(url).password);
    await proxy.normal();
  });

  test('a connection that has gone silent is left for a new one', async () => {
    await using proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(url).port) });
    const { store, leases } = await open(proxy.url(url), { timeoutMs: 8_000 });
    const held = await leases.acquire([{ name: 'a' }], { owner, ttlMs: LONG_MS });
    const place = await leases.acquire([{ name: 'a' }], { owner: { id: 'y' }, ttlMs: LONG_MS });
    if (!held.granted || place.granted) throw new Error('the lease is with the wrong one');
    // As a firewall does that has forgotten it: no end is told of.
    for (const connection of proxy.connections()) connection.freeze();
    expect(await store.set('a', 'one')).toBeGreaterThan(0);
    const rung = leases.released(['a'], { signal: new AbortController().signal, ticket: place.ticket });
    await leases.release(held.lease);
    for await (const name of rung) {
      expect(name).toBe('a');
      break;
    }
  });

  test('a server that is started again has everything, scripts and waiters included', async () => {
    const server = await startOwnRedis();
    const { store, leases } = await open(server.url);
    expect([store.durability, leases.durability]).toEqual(['machine', 'machine']);
    await store.set('a', 'one');
    const held = await leases.acquire([{ name: 'a' }], { owner, ttlMs: LONG_MS });
    const place = await leases.acquire([{ name: 'a' }], { owner: { id: 'y' }, ttlMs: LONG_MS });
    if (!held.granted || place.granted) throw new Error('the lease is with the wrong one');
    const rung = leases.released(['a'], { signal: new AbortController().signal, ticket: place.ticket });
    await server.stop();
    const during = store.get('a');
    await server.start();
    // A call that was made while it was away is answered by the one that is back.
    expect((await during)?.value).toBe('one');
    expect((await leases.table('')).leases).toEqual([held.lease]);
    // Its clock goes on, and so does the count of tokens.
    expect(await leases.release(held.lease)).toBe(true);
    for await (const _ of rung) break;
    const next = await leases.acquire([{ name: 'a' }], {
      owner: { id: 'y' },
      ttlMs: LONG_MS,
      ...(place.ticket === undefined ? {} : { ticket: place.ticket }),
    });
    expect(next.granted && next.lease.token).toBeGreaterThan(held.lease.token);
  });

  test('a client whose clock is wrong by 10 s holds no longer than others', async () => {
    const realNow = Date.now;
    const { leases } = await open(url);
    Date.now = () => realNow() + 10_000;
    onTestFinished(() => {
      Date.now = realNow;
    });
    const answer = await leases.acquire([{ name: 'a' }], { owner, ttlMs: 5_000 });
    if (!answer.granted) throw new Error('nobody holds it');
    expect(answer.lease.expiresAt - answer.lease.grantedAt).toBe(5_000);
    // By the clock of the client it would have ended long before it began.
    expect(await leases.renew(answer.lease, 5_000)).toMatchObject({ token: answer.lease.token });
    expect((await leases.table('')).leases).toHaveLength(1);
  });

  test('a wrong password is told at once, and never said', async () => {
    const wrong = new URL(url);
    wrong.password = 'wr0ng-word';
    const startedAt = performance.now();
    const error = await failure(() => openRedisState({ url: wrong.href, timeoutMs: 60_000 }));
    expect(error).toMatchObject({ code: 'QH_STATE_DENIED', hint: expect.stringContaining('state.url') });
    expect(error.message).toContain('WRONGPASS');
    expect(error.message).not.toContain('wr0ng-word');
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });

  test('a user who may not is told', async () => {
    const server = await startOwnRedis();
    await administer(server.url, ['ACL', 'SETUSER', 'reader', 'on', '>word', '~*', '+@read', '+@connection']);
    const reader = new URL(server.url);
    [reader.username, reader.password] = ['reader', 'word'];
    expect(await failure(() => openRedisState({ url: reader.href }))).toMatchObject({
      code: 'QH_STATE_DENIED',
      message: expect.stringContaining('NOPERM'),
    });
  });

  test('no server, one without TLS, and one whose authority is not known, are told', async () => {
    await using nobody = await startTcpProxy({ host: '127.0.0.1', port: 1 });
    await nobody.refuse();
    expect(
      await failure(() => openRedisState({ url: `redis://127.0.0.1:${nobody.port}`, timeoutMs: 300 })),
    ).toMatchObject({
      code: 'QH_STATE_OPEN',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    const secure = url.replace('redis:', 'rediss:');
    expect(await failure(() => openRedisState({ url: secure, timeoutMs: 300 }))).toMatchObject({
      code: 'QH_STATE_OPEN',
      hint: expect.stringContaining('rediss://'),
    });
    const front = await startTlsFront(url);
    onTestFinished(() => front.close());
    const fronted = new URL(front.url.replace('https:', 'rediss:'));
    [fronted.username, fronted.password] = ['default', new URL(url).password];
    expect(await failure(() => openRedisState({ url: fronted.href, timeoutMs: 2_000 }))).toMatchObject({
      code: 'QH_STATE_OPEN',
      hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
    const { store } = await open(fronted.href, { ca: readFileSync(front.cert, 'utf8') });
    expect(await store.set('a', 'over TLS')).toBeGreaterThan(0);
    await using web = await startServer((_, response) => void response.end('no'));
    const page = web.url.replace('http:', 'redis:');
    expect((await failure(() => openRedisState({ url: page, timeoutMs: 500 }))).code).toMatch(/^QH_STATE/);
  });

  test('a server that throws keys away when it is full is refused', async () => {
    const server = await startOwnRedis();
    const evict = (policy: string) =>
      administer(server.url, ['CONFIG', 'SET', 'maxmemory', '100mb'], ['CONFIG', 'SET', 'maxmemory-policy', policy]);
    await evict('allkeys-lru');
    expect(await failure(() => openRedisState({ url: server.url }))).toMatchObject({
      code: 'QH_STATE_UNSUPPORTED',
      message: expect.stringContaining('allkeys-lru'),
    });
    // It only throws away what has a lifetime of Redis's own: ours has none.
    await evict('volatile-lru');
    const { store } = await open(server.url);
    await store.set('a', 'one', { ttlMs: LONG_MS });
    expect(Number(await administer(server.url, ['EVAL', VOLATILE, '0']))).toBe(0);
  });

  test('a full server is told, and what it has stays', async () => {
    const server = await startOwnRedis();
    const { store, leases } = await open(server.url);
    const held = await leases.acquire([{ name: 'a' }], { owner, ttlMs: LONG_MS });
    await administer(server.url, ['CONFIG', 'SET', 'maxmemory', '1']);
    expect(await failure(() => store.set('a', 'x'))).toMatchObject({ code: 'QH_STATE_FULL' });
    await administer(server.url, ['CONFIG', 'SET', 'maxmemory', '0']);
    expect((await leases.table('')).leases).toEqual(held.granted ? [held.lease] : []);
  });

  test('without a log of its own the server keeps nothing for its machine', async () => {
    const server = await startOwnRedis();
    await administer(server.url, ['CONFIG', 'SET', 'appendonly', 'no']);
    const { store, leases } = await open(server.url);
    expect([store.durability, leases.durability]).toEqual(['process', 'process']);
  });

  test('after a failover calls go to the server that may be written', async () => {
    const { first, second, behind } = await startWithCopy();
    await using proxy = await startTcpProxy({ host: first.host, port: first.port });
    const { leases } = await open(proxy.url(first.url));
    const held = await leases.acquire([{ name: 'a' }], { owner, ttlMs: LONG_MS });
    if (!held.granted) throw new Error('nobody holds it');
    await administer(first.url, ['WAIT', '1', '10000']);
    await administer(behind, ['REPLICAOF', 'NO', 'ONE']);
    // The old one goes on as a follower, and the connection to it stays: only its answer tells.
    const { password } = new URL(behind);
    await administer(
      first.url,
      ['CONFIG', 'SET', 'masterauth', password],
      ['REPLICAOF', second.host, String(second.port)],
    );
    proxy.target = { host: second.host, port: second.port };
    const next = await leases.acquire([{ name: 'b' }], { owner, ttlMs: LONG_MS });
    expect(next.granted && next.lease.token).toBeGreaterThan(held.lease.token);
    expect(await leases.renew(held.lease, LONG_MS)).toMatchObject({ token: held.lease.token });
  });

  test('what was not copied when a server died is lost: another may have it, with a greater token, and its holder learns it', async () => {
    const { first, second, behind } = await startWithCopy();
    await using proxy = await startTcpProxy({ host: first.host, port: first.port });
    const [{ leases }, other] = [
      await open(proxy.url(first.url), { prefix: 'p' }),
      await open(behind, { prefix: 'p' }),
    ];
    const ask = async (driver: typeof leases, name: string, id = 'x') => {
      const answer = await driver.acquire([{ name }], { owner: { id }, ttlMs: LONG_MS });
      if (!answer.granted) throw new Error(`${name} is held by ${answer.holders[0]?.owner.id}`);
      return answer.lease;
    };
    const copied = await ask(leases, 'a');
    await administer(first.url, ['WAIT', '1', '10000']);
    await administer(behind, ['REPLICAOF', 'NO', 'ONE']);
    const lost = await ask(leases, 'b');
    const place = await leases.acquire([{ name: 'b' }], { owner: { id: 'y' }, ttlMs: LONG_MS });
    if (place.granted) throw new Error('two hold it');
    process.kill(first.pid, 'SIGKILL');
    proxy.target = { host: second.host, port: second.port };
    const next = await ask(other.leases, 'b', 'z');
    expect(next.token).toBeGreaterThan(lost.token);
    expect(await leases.renew(lost, LONG_MS)).toBeUndefined();
    expect(await leases.release(lost)).toBe(false);
    expect(await leases.renew(copied, LONG_MS)).toMatchObject({ token: copied.token });
    // A place that was lost is taken anew, with the same ticket, and is woken.
    const again = { owner: { id: 'y' }, ttlMs: LONG_MS, ticket: place.ticket ?? '' };
    expect(await leases.acquire([{ name: 'b' }], again)).toMatchObject({ granted: false, ticket: place.ticket });
    const rung = leases.released(['b'], { signal: new AbortController().signal, ticket: again.ticket });
    await other.leases.release(next);
    for await (const _ of rung) break;
    expect(await leases.acquire([{ name: 'b' }], again)).toMatchObject({ granted: true });
  });

  test('a cluster in which a copy takes over, and whose old server dies, goes on; waiters are woken by the new one', async () => {
    const cluster = await startOwnCluster();
    const { leases } = await open(cluster.url, { timeoutMs: 20_000 });
    const ask = (name: string, id: string, ticket?: string) =>
      leases.acquire([{ name }], { owner: { id }, ttlMs: LONG_MS, ...(ticket === undefined ? {} : { ticket }) });
    const held = await ask('a', 'x');
    const place = await ask('a', 'y');
    if (!held.granted || place.granted) throw new Error('the lease is with the wrong one');
    await cluster.takeOver();
    const next = await ask('b', 'x');
    expect(next.granted && next.lease.token).toBeGreaterThan(held.lease.token);
    cluster.killFirst();
    expect(await leases.renew(held.lease, LONG_MS)).toMatchObject({ token: held.lease.token });
    const rung = leases.released(['a'], { signal: new AbortController().signal, ticket: place.ticket });
    expect(await leases.release(held.lease)).toBe(true);
    for await (const _ of rung) break;
    expect(await ask('a', 'y', place.ticket)).toMatchObject({ granted: true });
  });
});

/** How many keys have a lifetime. */
const VOLATILE = `
local n = 0
for _, key in ipairs(redis.call('KEYS', '*')) do if redis.call('TTL', key) >= 0 then n = n + 1 end end
return n`;

test('options that are none are told together, without the address', async () => {
  const options = { url: 'http://user:hidden-word@host', prefix: 'a b', timeoutMs: -1 };
  const error = await failure(() => openRedisState(options));
  expect(error).toMatchObject({
    code: 'QH_OPTION',
    problems: [
      'an address is one of http:, expected redis://host:port',
      'prefix is "a b", expected 1 to 64 characters without spaces and braces',
      'timeoutMs is -1, expected milliseconds above 0',
    ],
  });
  expect(error.message).not.toContain('hidden-word');
  expect((await failure(() => openRedisState({ url: 'what' }))).message).toContain('an address is none');
});

test('what a server says has its own sentence each', () => {
  class ErrorReply extends Error {}
  const replies = {
    'READONLY You can’t write against a read only replica.': ['moved', 'QH_STATE_UNREACHABLE'],
    'LOADING Redis is loading the dataset in memory': ['later', 'QH_STATE_UNREACHABLE'],
    'CLUSTERDOWN The cluster is down': ['later', 'QH_STATE_UNREACHABLE'],
    'NOAUTH Authentication required.': ['denied', 'QH_STATE_DENIED'],
    'OOM command not allowed': ['full', 'QH_STATE_FULL'],
    'ERR unknown command': ['other', 'QH_STATE'],
  };
  for (const [said, [trouble, code]] of Object.entries(replies)) {
    const reply = new ErrorReply(said);
    expect([said, redisTrouble(reply)]).toEqual([said, trouble]);
    expect(redisError('host:1', reply, { waitedMs: 1_000, isUnsure: false }).code).toBe(code);
  }
  const cut = redisError('host:1', new Error('Socket closed'), { waitedMs: 1_000, isUnsure: false });
  expect(cut.message).toBe('Redis on host:1 did not answer within 1 s (Socket closed); nothing was done');
  const certificate = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  expect(connectError('host:1', certificate, { isTls: true }).hint).toContain('NODE_EXTRA_CA_CERTS');
  expect(luaScript('return 1').sha).toMatch(/^[0-9a-f]{40}$/);
});
