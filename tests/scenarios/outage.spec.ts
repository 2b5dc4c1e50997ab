import { expect, test } from '@playwright/test';
import { type LocalServer, runInline, startServer } from '@quality-hub/testkit';

test.describe.configure({ timeout: 240_000 });

interface Service extends LocalServer {
  /** Charges and probes that were sent, in order. */
  readonly asked: { readonly request: string; readonly wasDown: boolean }[];
  mostProbes: number;
}

/** A payment service that hangs while it is down, and is switched from the tests. */
async function paymentService(): Promise<Service> {
  const asked: Service['asked'] = [];
  let isDown = false;
  let charged = 0;
  let failed = 0;
  let probes = 0;
  const server = await startServer((request, response) => {
    const { method = '', url = '' } = request;
    if (url.startsWith('/switch/')) isDown = url === '/switch/down';
    if (url.startsWith('/switch/') || url === '/state') return void response.end(JSON.stringify({ charged, failed }));
    asked.push({ request: `${method} ${url}`, wasDown: isDown });
    if (url === '/health') {
      service.mostProbes = Math.max(service.mostProbes, ++probes);
      setTimeout(() => {
        probes--;
        response.statusCode = isDown ? 503 : 200;
        response.end();
      }, 50);
      return;
    }
    if (!isDown) {
      charged++;
      response.end('{}');
    } else response.once('close', () => failed++);
  });
  const service: Service = Object.assign(server, { asked, mostProbes: 0 });
  return service;
}

const FILES = (url: string): Record<string, string> => ({
  'quality-hub.config.ts': `
    import { defineHub } from '@quality-hub/test/config';
    export default defineHub({
      clients: {
        payments: {
          baseURL: '${url}', health: '/health',
          policy: { timeoutMs: 3_000, breaker: { consecutive: 2, openMs: 10_000, maxOpenMs: 10_000, per: 'host' } },
        },
      },
    });`,
  'told.ts': `
    export const state = async () => (await (await fetch('${url}/state')).json()) as { charged: number; failed: number };
    export const turn = (way: string) => fetch('${url}/switch/' + way);`,
  'a.spec.ts': `
    import { test, expect, needs } from '@quality-hub/test';
    import { state, turn } from './told.ts';
    test('pays while it is well', needs({ healthy: 'payments' }), async ({ clients }) => {
      await clients.payments.post('/charges', { json: {} });
    });
    test('finds out', async ({ clients }) => {
      test.setTimeout(60_000);
      // The other worker has begun.
      await expect.poll(async () => (await state()).charged, { timeout: 50_000, intervals: [20] }).toBe(2);
      await turn('down');
      await clients.payments.post('/charges', { json: {} });
    });
    test('finds out as well', async ({ clients }) => { await clients.payments.post('/charges', { json: {} }); });
    for (let n = 0; n < 20; n++) {
      test('needs it ' + n, needs({ healthy: 'payments' }), async ({ clients }) => { await clients.payments.post('/charges', { json: {} }); });
    }
    test('needs nothing', () => {});
    test('brings it back', async () => {
      await turn('up');
      await new Promise(resolve => setTimeout(resolve, 11_000));
    });
    for (let n = 0; n < 5; n++) {
      test('goes on ' + n, needs({ healthy: 'payments' }), async ({ clients }) => { await clients.payments.post('/charges', { json: {} }); });
    }`,
  'b.spec.ts': `
    import { test, expect } from '@quality-hub/test';
    import { state } from './told.ts';
    test('learns of it', async ({ clients }) => {
      test.setTimeout(60_000);
      await clients.payments.post('/charges', { json: {} });
      await expect.poll(async () => (await state()).failed, { timeout: 50_000, intervals: [20] }).toBe(2);
      // Far longer than it takes to learn it, and far less than the breaker stays open: how long is for the benchmark.
      await new Promise(resolve => setTimeout(resolve, 3_000));
      await clients.payments.post('/charges', { json: {} });
    });`,
});

test('a service goes down in the middle of a run: one breaker, no waiting, and the rest goes on when it is back', async () => {
  await using service = await paymentService();
  await using run = await runInline(FILES(service.url), { args: ['--workers=2'], timeoutMs: 200_000 });
  const report = await run.report();
  const detail = `${run.output}\n${JSON.stringify(service.asked)}`;

  // Who needs it was skipped at once; who found out failed as environment, all of them as one cause.
  expect(report.counts, detail).toMatchObject({ failed: 3, blocked: 20, passed: 8, planned: 31 });
  expect(report.verdicts, detail).toEqual({ environment: 3 });
  expect(report.clusters, detail).toMatchObject([{ title: 'payments is down', verdict: 'environment', tests: 3 }]);
  expect(report.failures.map(({ reasons }) => reasons.join(' ')).every(text => text.includes('payments'))).toBe(true);

  // The breaker opened once, in one worker; the other one learned it, and sent nothing.
  const evidence = run.events.flatMap(event => (event.kind === 'evidence' ? event.records : []));
  const openings = new Set(
    evidence.flatMap(({ writer, seq, evidence: one }) =>
      one.kind === 'breaker' && one.from === 'closed' && one.to === 'open' ? [`${writer} ${seq}`] : [],
    ),
  );
  expect(openings.size, detail).toBe(1);
  const whileDown = service.asked.filter(({ wasDown }) => wasDown).map(({ request }) => request);
  expect(
    whileDown.filter(request => request === 'POST /charges'),
    detail,
  ).toHaveLength(2);
  expect(service.mostProbes).toBeLessThanOrEqual(1);

  // What was down, from when to when, what it cost, what was saved.
  expect(report.outages, detail).toMatchObject([
    {
      dependency: 'payments',
      to: expect.any(String),
      failedTests: 3,
      blockedTests: 20,
      failedCalls: 2,
      refusedCalls: 1,
    },
  ]);
  const [outage] = report.outages;
  expect(outage?.costMs).toBeGreaterThanOrEqual(5_700);
  expect(outage?.savedMs).toBeGreaterThanOrEqual(55_000);
  expect(run.output).toContain('Outages      payments was down for');
  expect(run.output.replace(/\s+/g, ' ')).toContain('it cost 3 failed tests');
  expect(run.output.replace(/\s+/g, ' ')).toMatch(/20 tests blocked and 1 call refused at once saved about \d+ s/);
});
