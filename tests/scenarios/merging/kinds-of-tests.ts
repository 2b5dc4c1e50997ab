/** A project with a test of every kind: each way a test, a hook, a fixture or a group can end. */
import { comparedConfig } from './direct-and-merged.ts';

export const KINDS_OF_TESTS = {
  'playwright.config.ts': comparedConfig(`
    retries: 1,
    timeout: 3000,
    projects: [
      { name: 'setup', testMatch: 'the.setup.ts', teardown: 'teardown' },
      { name: 'teardown', testMatch: 'the.teardown.ts' },
      { name: 'kinds', testMatch: 'kinds.spec.ts', dependencies: ['setup'] },
      { name: 'groups', testMatch: 'groups.spec.ts', dependencies: ['setup'] },
      { name: 'thrice', testMatch: 'repeated.spec.ts', repeatEach: 3, dependencies: ['setup'] },
    ],
  `),
  'the.setup.ts': `
    import { test } from '@quality-hub/test';
    test('sets up', async ({ hub }) => { hub.evidence('setting up'); await test.step('a step', async () => {}); });
  `,
  'the.teardown.ts': `
    import { test } from '@quality-hub/test';
    test('tears down', () => {});
  `,
  'repeated.spec.ts': `
    import { test, expect } from '@quality-hub/test';
    test('is repeated', async ({}, info) => { expect(info.retry === 1 || info.repeatEachIndex !== 1).toBe(true); });
  `,
  'kinds.spec.ts': `
    import { test, expect } from '@quality-hub/test';
    test('passes', { tag: ['@smoke'], annotation: { type: 'issue', description: 'X-1' } }, async ({ hub }, info) => {
      hub.evidence('seen');
      info.annotations.push({ type: 'dynamic', description: 'late' });
      await info.attach('notes', { body: 'abc', contentType: 'text/plain' });
      await test.step('boxed', async () => { await test.step('inner', async () => {}); }, { box: true });
      console.log('out'); console.error('err');
    });
    test.skip('is skipped', () => {});
    test.fixme('is to be fixed', () => {});
    test('skips itself', async ({}, info) => { info.skip(true, 'not here'); });
    test('fails, then skips itself', async ({}, info) => { test.skip(info.retry === 1, 'gave up'); expect(1).toBe(2); });
    test.fail('fails as expected', () => { expect(1).toBe(2); });
    test.fail('passes against expectation', () => {});
    test('fails, then fails as expected', async ({}, info) => { if (info.retry === 1) test.fail(); expect(1).toBe(2); });
    test('passes against expectation, then passes', async ({}, info) => { if (info.retry === 0) test.fail(); });
    test('is flaky', async ({}, info) => { expect(info.retry, 'a reason').toBe(1); });
    test.describe('not tried again', () => {
    test.describe.configure({ retries: 0 });
    test('fails softly', () => { expect.soft(1).toBe(2); expect.soft(3).toBe(4); });
    test('a boxed step points at its caller', async () => {
      async function helper() { await test.step('in the helper', () => { expect(1).toBe(2); }, { box: true }); }
      await helper();
    });
    test('throws a value', () => { throw 'just text'; });
    test('throws with a cause', () => { throw new Error('outer', { cause: new Error('inner') }); });
    test('aborts', () => { test.abort('no use'); });
    test('hangs', async () => { test.setTimeout(300); await test.step('waits', () => new Promise(() => {})); });
    });
    test('kills its worker', async ({}, info) => {
      await info.attach('last words', { body: 'abc', contentType: 'text/plain' });
      if (info.retry === 0) process.exit(3);
    });
  `,
  'groups.spec.ts': `
    import { test as base, expect } from '@quality-hub/test';
    const test = base.extend<{ stuck: void; late: void }>({
      stuck: async ({}, use) => { await new Promise(() => {}); await use(); },
      late: async ({}, use) => { await use(); throw new Error('torn down badly'); },
    });
    test.describe.serial('serial', () => {
      test('first', () => {});
      test('second', () => { expect(1).toBe(2); });
      test('third', () => {});
    });
    test.describe.serial('serial that heals', () => {
      test('first', () => {});
      test('second', async ({}, info) => { expect(info.retry).toBe(1); });
      test('third', () => {});
    });
    test.describe('not tried again', () => {
    test.describe.configure({ retries: 0 });
    test.describe('with a bad beforeAll', () => {
      test.beforeAll(() => { throw new Error('no ground'); });
      test('one', () => {});
      test('two', () => {});
    });
    test.describe('with a bad afterAll', () => {
      test.afterAll(() => { throw new Error('no sky'); });
      test('alone', () => {});
    });
    test.describe('with a hook that hangs', () => {
      test.describe.configure({ timeout: 300 });
      test.beforeEach(async () => { await new Promise(() => {}); });
      test('waits', () => {});
    });
    test.describe('fixtures', () => {
      test.describe.configure({ timeout: 300 });
      test('gets stuck', async ({ stuck }) => {});
      test('is torn down badly', async ({ late }) => {});
    });
    });
    test.describe('skipped as a whole', () => { test.skip(); test('in there', () => {}); });
    test.describe('skipped by a hook', () => {
      test.beforeAll(() => { test.skip(true, 'closed'); });
      test('in there', () => {});
    });
  `,
};
