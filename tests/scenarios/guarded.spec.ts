import { expect, test } from '@playwright/test';
import { runInline, startServer } from '@quality-hub/testkit';

test.describe.configure({ timeout: 120_000 });

const FILES = (url: string): Record<string, string> => ({
  'quality-hub.config.ts': `
    import { defineHub } from '@quality-hub/test/config';
    export default defineHub({
      policies: {
        payments: { retry: { retries: 2, baseMs: 10 }, breaker: { consecutive: 3, openMs: 60_000 } },
        stars: { fallback: { feature: 'recommendations', give: () => [] } },
      },
    });`,
  'till.ts': `
    import { expect, guarded } from '@quality-hub/test';
    async function ask(path: string): Promise<string> {
      const answer = await fetch('${url}' + path);
      if (!answer.ok) throw Object.assign(new Error(path + ' answered ' + answer.status), { status: answer.status });
      return answer.text();
    }
    export class Till {
      currency = 'EUR';
      @guarded('payments', { idempotent: true }) async balance(path: string): Promise<string> { return (await ask(path)) + ' ' + this.currency; }
      @guarded('payments') async isPaid(): Promise<void> { expect('open').toBe('paid'); }
    }
    export const refund = guarded('payments', async (path: string) => ask(path), { idempotent: true, doing: 'refund' });
    export const stars = guarded('stars', async () => ask('/down'));
    export const nobody = guarded('paymets', async () => 1);`,
  'a.spec.ts': `
    import { expect, needs, test } from '@quality-hub/test';
    import { nobody, refund, stars, Till } from './till.ts';
    test('a page object is tried again', async () => { expect(await new Till().balance('/once/balance')).toBe('12 EUR'); });
    test('a function is tried again', async () => { expect(await refund('/once/refund')).toBe('12'); });
    test('goes on with less', async () => { expect(await stars()).toEqual([]); expect(await stars()).toEqual([]); });
    test('checks in a page object', async () => { await new Till().isPaid(); });
    test('names no policy', async () => { await nobody(); });
    test('finds out', async () => { await refund('/down'); });
    test('is refused', async () => { await new Till().balance('/once/never'); });
    test('needs it', needs({ healthy: 'payments' }), async () => { await refund('/once/never'); });`,
});

test('functions and page objects run inside the policies of the configuration, and the report says what that did', async () => {
  const asked: string[] = [];
  await using server = await startServer((request, response) => {
    const { url = '' } = request;
    const isFirst = !asked.includes(url);
    asked.push(url);
    response.statusCode = url === '/down' || isFirst ? 503 : 200;
    response.end('12');
  });
  await using run = await runInline(FILES(server.url), { args: ['--workers=1'], timeoutMs: 100_000 });
  const report = await run.report();
  expect(report.counts, run.output).toMatchObject({ planned: 8, passed: 3, failed: 4, blocked: 1 });
  expect(asked.filter(url => url.startsWith('/once')).sort()).toEqual([
    '/once/balance',
    '/once/balance',
    '/once/refund',
    '/once/refund',
  ]);

  // Who found out and who was refused are one cause; an expectation inside a guarded method stays what it is.
  const verdicts = Object.fromEntries(
    report.failures.map(({ identity, verdict }) => [identity.titlePath.at(-1), verdict]),
  );
  expect(verdicts).toMatchObject({ 'finds out': 'environment', 'is refused': 'environment' });
  expect(verdicts['checks in a page object']).not.toBe('environment');
  const misnamed = report.failures.find(({ identity }) => identity.titlePath.at(-1) === 'names no policy');
  expect(misnamed?.message).toContain('There is no policy "paymets"; did you mean payments?');

  expect(report.outages, run.output).toMatchObject([{ dependency: 'payments', failedTests: 2, blockedTests: 1 }]);
  expect(report.degraded).toMatchObject([{ feature: 'recommendations', dependency: 'stars', calls: 2, tests: 1 }]);
  expect(run.output).toContain('Less well    recommendations (2 calls in 1 test: /down answered 503)');
  const evidence = run.events.flatMap(event => (event.kind === 'evidence' ? event.records : []));
  const retried = evidence
    .map(({ evidence: one }) => one)
    .find(one => one.kind === 'call' && one.operation === 'balance');
  expect(retried).toMatchObject({ dependency: 'payments', outcome: 'ok', attempts: 2 });
});
