import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from '@quality-hub/testkit';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { QualityHubConfig } from './index.ts';
import type { CallerNews } from './testing/caller-child.ts';
import { openWorker, scratchFolder } from './testing/open-workers.ts';

const CHILD = fileURLToPath(new URL('./testing/caller-child.ts', import.meta.url));
const OPEN_MS = 400;

interface Caller {
  readonly process: ChildProcess;
  readonly news: CallerNews[];
}

/** A service that is down for all, or only for who is named, and knows how many ask it at the same time. */
async function service() {
  const state = { downFor: undefined as string | undefined, asking: 0, mostAsking: 0, askedAt: [] as number[] };
  const server = await startServer((request, response) => {
    state.askedAt.push(Date.now());
    state.mostAsking = Math.max(state.mostAsking, ++state.asking);
    const isDown = state.downFor === 'all' || request.url === `/${state.downFor}`;
    setTimeout(() => {
      state.asking--;
      response.statusCode = isDown ? 503 : 200;
      response.end();
    }, 30);
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return Object.assign(state, { url: server.url });
}

async function callers(url: string, count: number): Promise<Caller[]> {
  const path = join(scratchFolder(), 'state.db');
  const all = Array.from({ length: count }, (_, index): Caller => {
    const news: CallerNews[] = [];
    const process = fork(CHILD, [path, url, `w${index}`, String(OPEN_MS)]);
    process.on('message', message => void news.push(message as CallerNews));
    return { process, news };
  });
  onTestFinished(async () => {
    for (const { process } of all) if (process.exitCode === null) process.send('end');
    await Promise.all(all.map(({ process }) => (process.exitCode === null ? once(process, 'exit') : undefined)));
  });
  await vi.waitFor(() => expect(all.every(({ news }) => news.length > 0)).toBe(true), {
    timeout: 20_000,
    interval: 20,
  });
  return all;
}

test('four processes learn of an outage that one of them has found, try one at a time, and all go on when it is over', {
  timeout: 60_000,
}, async () => {
  const payments = await service();
  const all = await callers(payments.url, 4);
  const lags: number[] = [];
  // A busy machine may be late once; that it can be in time is what is to be shown.
  for (let round = 0; round < 3; round++) {
    for (const { news } of all) news.length = 0;
    payments.downFor = 'w0';
    const openings = () => all.map(({ news }) => news.find(one => one.type === 'breaker' && one.to === 'open'));
    await vi.waitFor(() => expect(openings()).not.toContain(undefined), { timeout: 10_000, interval: 10 });
    // From now on the service is asked by those who try, and by nobody else.
    payments.downFor = 'all';
    const [first, ...others] = openings().flatMap(one => (one?.type === 'breaker' ? [one] : []));
    expect([first?.by, ...others.map(({ by }) => by)]).toEqual(['calls', 'others', 'others', 'others']);
    lags.push(Math.max(...others.map(({ at }) => at)) - (first?.at ?? 0));

    // What was sent before they knew may arrive a little later, and ends first. No try comes before its time.
    const openedAt = first?.at ?? 0;
    const isQuiet = () => expect([payments.asking, Date.now() - openedAt > OPEN_MS / 2]).toEqual([0, true]);
    await vi.waitFor(isQuiet, { timeout: 10_000, interval: 5 });
    payments.askedAt = payments.askedAt.filter(at => at - openedAt >= OPEN_MS - 50);
    payments.mostAsking = 0;
    const tried = () => expect(payments.askedAt.length).toBeGreaterThanOrEqual(2);
    await vi.waitFor(tried, { timeout: 20_000, interval: 10 });
    const [one = 0, two = 0] = payments.askedAt;
    // Whoever makes the second try, it waits twice as long as the first did.
    expect(two - one).toBeGreaterThanOrEqual(OPEN_MS * 2 - 50);
    expect(payments.mostAsking).toBe(1);

    payments.downFor = undefined;
    const isOver = () => all.map(({ news }) => news.findLast(({ type }) => type === 'breaker'));
    const closed = { to: 'closed' };
    await vi.waitFor(() => expect(isOver()).toMatchObject([closed, closed, closed, closed]), {
      timeout: 20_000,
      interval: 20,
    });
  }
  expect(Math.min(...lags), `the others knew after ${lags.join(', ')} ms`).toBeLessThanOrEqual(250);
});

test('a breaker that stays open for longer and longer does so over workers that end with their failure', async () => {
  const payments = await service();
  payments.downFor = 'all';
  const stateFile = join(scratchFolder(), 'state.db');
  const policy = { retry: 0, breaker: { consecutive: 1, openMs: 200, per: 'host' } } as const;
  const config: QualityHubConfig = { clients: { payments: { baseURL: payments.url, policy } } };
  // One worker after the other: each ends with the first call that was sent.
  for (const askedBefore of [0, 1, 2, 3]) {
    await vi.waitFor(
      async () => {
        const { runtime } = await openWorker({ config, stateFile });
        const call = runtime.client('payments').get('/charges').text();
        await call.catch(() => {});
        await runtime.close();
        expect(payments.askedAt.length).toBeGreaterThan(askedBefore);
      },
      { timeout: 10_000, interval: 20 },
    );
  }
  const [a = 0, b = 0, c = 0, d = 0] = payments.askedAt;
  expect(payments.askedAt).toHaveLength(4);
  const gaps = [b - a, c - b, d - c];
  const least = [200, 400, 800];
  expect(
    gaps.map((gap, index) => gap >= (least[index] ?? 0)),
    `gaps of ${gaps.join(', ')} ms`,
  ).toEqual([true, true, true]);
});
