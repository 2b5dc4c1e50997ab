import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { createPolicy } from '../create-policy.ts';
import type { CallOptions, Policy } from '../policy.ts';
import { Registry } from '../registry.ts';
import { codeError } from '../testing/status-error.ts';
import { type GuardOptions, guarded } from './guarded.ts';
import { usePolicies } from './policies-in-use.ts';

const run = promisify(execFile);
const undo: (() => void)[] = [];
afterEach(() => {
  for (const one of undo.splice(0).reverse()) one();
});

function use(...policies: Policy[]): void {
  const byName = new Map(policies.map(policy => [policy.name, policy]));
  undo.push(usePolicies({ find: name => byName.get(name), names: () => [...byName.keys()] }));
}

const payments = () =>
  createPolicy({ name: 'payments', retry: { retries: 1, baseMs: 1, jitter: 'none' } }, { registry: new Registry() });

test('a function runs inside the policy of that name, with its own arguments and its own this', async () => {
  use(payments());
  let attempts = 0;
  const till = {
    currency: 'EUR',
    charge: guarded('payments', async function charge(this: { currency: string }, amount: number) {
      if (++attempts === 1) throw codeError('ECONNREFUSED');
      return `${amount} ${this.currency}`;
    }),
  };
  expect(await till.charge(5)).toBe('5 EUR');
  expect(attempts).toBe(2);
  expect(till.charge.name).toBe('charge');
  expect(till.charge).toHaveLength(1);
});

test('what it does goes to the policy, by its name if it says nothing else', async () => {
  const seen: CallOptions[] = [];
  const policy: Policy = {
    name: 'p',
    execute: (work, options = {}) => {
      seen.push(options);
      return work({ signal: new AbortController().signal, attempt: 1 });
    },
  };
  const options: GuardOptions = {
    doing: 'charge the card',
    idempotent: true,
    target: 'bank',
    priority: 2,
    deadlineMs: 50,
  };
  await guarded(policy, async function charge() {})();
  await guarded(policy, async () => {}, options)();
  expect(seen).toEqual([{ doing: 'charge' }, options]);
});

test('a function that throws before it returns a promise fails as a call does', async () => {
  const broken = (() => {
    throw new TypeError('no');
  }) as unknown as () => Promise<void>;
  await expect(guarded(payments(), broken)()).rejects.toThrow('no');
});

describe('the name of a policy', () => {
  const call = (name: string) => guarded(name, async () => 1)();

  test('that is not in use is told with those that are', async () => {
    await expect(call('payments')).rejects.toMatchObject({
      code: 'QH_POLICY',
      message: 'No policies are in use, and "payments" was asked for',
      hint: expect.stringContaining('Call it from a test'),
    });
    use(payments());
    await expect(call('payment')).rejects.toMatchObject({
      code: 'QH_POLICY',
      message: 'There is no policy "payment"; did you mean "payments"?',
      hint: 'Name it under policies in quality-hub.config.ts; there is: payments',
    });
  });

  test('is looked up at each call, and earlier ones come back', async () => {
    use(createPolicy({ name: 'a' }));
    use(createPolicy({ name: 'b' }));
    expect(await call('b')).toBe(1);
    undo.pop()?.();
    expect(await call('a')).toBe(1);
    await expect(call('b')).rejects.toMatchObject({ code: 'QH_POLICY' });
  });
});

test('a decorator on anything but a method is refused where the class is made', () => {
  const decorate = guarded('payments') as unknown as (target: unknown, context: unknown) => unknown;
  expect(() => decorate(undefined, { kind: 'field', name: 'x' })).toThrow(
    '@guarded: stands on a field, expected a method',
  );
  expect(() => decorate({}, 'refund')).toThrow('stands on no target of a standard decorator');
});

test('as a decorator, compiled by the TypeScript compiler, it guards methods, static and private ones too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quality-hub-guarded-'));
  try {
    const source = join(folder, 'page.mts');
    await writeFile(
      source,
      `import { createPolicy, guarded, usePolicies } from ${JSON.stringify(fileURLToPath(new URL('../index.ts', import.meta.url)))};
let attempts = 0;
const flaky = () => { if (++attempts % 2) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }); };
class Till {
  currency = 'EUR';
  @guarded('payments') async charge(amount: number): Promise<string> { flaky(); return amount + ' ' + this.currency; }
  @guarded('payments', { idempotent: true }) static async list(): Promise<string> { flaky(); return 'list'; }
  @guarded('payments') async #audit(): Promise<string> { flaky(); return 'audit of ' + this.currency; }
  audit(): Promise<string> { return this.#audit(); }
}
const policy = createPolicy({ name: 'payments', retry: { retries: 1, baseMs: 1 } });
usePolicies({ find: name => (name === 'payments' ? policy : undefined), names: () => ['payments'] });
const till = new Till();
console.log(JSON.stringify([await till.charge(5), await Till.list(), await till.audit(), attempts]));
`,
    );
    const compiler = fileURLToPath(new URL('../../../../node_modules/typescript/bin/tsc', import.meta.url));
    const options = ['--target', 'es2022', '--module', 'nodenext', '--noCheck', '--noResolve', '--types', ''];
    await run(process.execPath, [compiler, ...options, source], { cwd: folder });
    const { stdout } = await run(process.execPath, [join(folder, 'page.mjs')], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual(['5 EUR', 'list', 'audit of EUR', 6]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
