import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, password, test } from '../shop-test.ts';
import { hasReached, reached } from './meet.ts';

test.describe.configure({ mode: 'parallel', timeout: 40_000 });

const email = 'gift.card@buyers.example';

test('turns 01', async ({ data, request }) => {
  await data.claim('email', email);
  const response = await request.post('/api/users', { data: { email, name: 'Gil Card', password } });
  expect(response.status()).toBe(201);
  reached('claimed');
  await hasReached('02');
});

test('turns 02', async ({ data, request }) => {
  await hasReached('claimed');
  try {
    await data.claim('email', email);
    const response = await request.post('/api/users', { data: { email, name: 'Gus Card', password } });
    expect(response.status()).toBe(201);
  } finally {
    reached('02');
  }
});

test('turns 03', async ({ pools, request }) => {
  await pools.lease('tills');
  reached('lent');
  await request.get('/api/products');
  await hasReached('04');
});

test('turns 04', async ({ pools, request }) => {
  await hasReached('lent');
  try {
    await pools.with('tills', () => request.get('/api/products'), { waitMs: 1500 });
  } finally {
    reached('04');
  }
});

test('turns 05', async ({ locks }) => {
  await locks.with('month', () => {
    reached('month');
    return hasReached('06');
  });
});

test('turns 06', async ({ locks, request }) => {
  await hasReached('month');
  try {
    await locks.acquire('month', { waitMs: 1500 });
    await expect(await request.get('/api/categories')).toBeOK();
  } finally {
    reached('06');
  }
});

test('turns 07', async ({ pools }) => {
  await pools.lease('cashiers', { label: 'refunds' });
  reached('refunds');
  await hasReached('08');
});

test('turns 08', async ({ pools }) => {
  await hasReached('refunds');
  try {
    const cashier = await pools.lease('cashiers', { label: 'refunds', waitMs: 1500 });
    expect(cashier.login).toBe('c1');
  } finally {
    reached('08');
  }
});

test('turns 09', async ({ locks }) => {
  await locks.acquire('prices');
  reached('prices');
  await hasReached('10');
});

test('turns 10', async ({ locks, request }) => {
  await hasReached('prices');
  try {
    await locks.with('prices', () => request.get('/api/products/KETTLE'), { mode: 'shared', waitMs: 1500 });
  } finally {
    reached('10');
  }
});

test('turns 11', async ({ locks }) => {
  await locks.acquire('left');
  reached('left');
  await hasReached('right');
  await locks.acquire('right');
});

test('turns 12', async ({ locks }) => {
  await hasReached('left');
  await locks.acquire('right');
  reached('right');
  await sleep(1500);
  await locks.acquire('left');
});

test('turns 13', async ({ locks, api }) => {
  await locks.acquire('stock', { ttlMs: 1500 });
  reached('stock');
  // A report of the whole year, made in one go.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5000);
  expect((await api.get('/api/stock/KETTLE')).status).toBe(200);
});

test('turns 14', async ({ locks }) => {
  await hasReached('stock');
  await locks.acquire('stock');
});

test('turns 15', async ({ locks, api, stage }) => {
  await locks.acquire('shelf', { ttlMs: 1500 });
  reached('shelf');
  if (stage.pauseMs) pauseFor(stage.pauseMs);
  await sleep(2000);
  expect((await api.get('/api/stock/KETTLE')).status).toBe(200);
});

test('turns 16', async ({ locks }) => {
  await hasReached('shelf');
  await locks.acquire('shelf');
});

/** As a machine does that is moved to another host. */
function pauseFor(ms: number): void {
  const script = `kill -STOP ${process.pid}; sleep ${ms / 1000}; kill -CONT ${process.pid}`;
  spawn('sh', ['-c', script], { stdio: 'ignore', detached: true }).unref();
}
