import { expect, test } from 'vitest';
import { type AccessRule, compileAccess, type SecretUser } from './access-rules.ts';

const RULES: readonly AccessRule[] = [
  { name: 'no-production-in-parallel', secrets: 'prod*', effect: 'deny', tags: ['@destructive'], parallel: true },
  { name: 'payments-only', secrets: ['payment*', 'prodPayment'], files: ['e2e/payments/**'], projects: ['chromium'] },
  { name: 'smoke-too', secrets: 'paymentKey', tags: ['@smoke'] },
  { name: 'staging-password', secrets: 'staging.*', environments: ['staging'] },
];
const PAYMENT: SecretUser = { title: 'pays', file: 'e2e/payments/card.spec.ts', project: 'chromium' };

test.each<[string, SecretUser]>([
  ['mailToken', {}],
  ['paymentKey', PAYMENT],
  ['paymentKey', { title: 'smokes', file: 'a.spec.ts', tags: ['@slow', '@smoke'] }],
  ['prodPayment', { ...PAYMENT, tags: ['@destructive'], parallel: false }],
  ['prodDb', { tags: ['@destructive'], parallel: false }],
  ['staging.db', { environment: 'staging' }],
])('%s is for %j', (name, user) => {
  expect(compileAccess(RULES)(name, user)).toBeUndefined();
});

test.each<[string, SecretUser, string, string]>([
  ['prodPayment', { ...PAYMENT, tags: ['@destructive'], parallel: true }, 'denies it', 'no-production-in-parallel'],
  ['paymentKey', { title: 'reads', file: 'e2e/cart.spec.ts', project: 'chromium' }, 'only payments-only and', 'smoke'],
  ['paymentId', { ...PAYMENT, project: 'webkit' }, 'only payments-only allows it, to others', 'payments-only'],
  ['staging.db', {}, 'is not for this use', 'staging-password'],
])('%s is refused to %j, and the rule is named', (name, user, said, rule) => {
  const refused = compileAccess(RULES)(name, user);
  expect(refused).toMatchObject({ code: 'QH_SECRET_REFUSED', message: expect.stringContaining(said) });
  expect(`${refused?.message} ${refused?.hint}`).toContain(rule);
});
