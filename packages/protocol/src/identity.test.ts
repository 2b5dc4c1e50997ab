import { expect, test } from 'vitest';
import { type IdentityFacts, identityKey, identityOf, identityTitle, relativePosix } from './identity.ts';

const facts: IdentityFacts = {
  project: 'shop',
  playwrightProject: 'chromium',
  file: 'pay/refund.spec.ts',
  titlePath: ['refunds', 'returns the stock'],
  repeatEachIndex: 0,
  annotations: [],
};

const keyOf = (change: Partial<IdentityFacts> = {}) => identityKey(identityOf({ ...facts, ...change }));

test('the key is the same for ever', () => {
  expect(keyOf()).toBe('79e50b5c21527e82f61e06aaa821fdbe');
});

test('the key is the same on Windows and in another folder', () => {
  const windows = relativePosix('C:\\build\\tests', 'c:\\build\\tests\\pay\\refund.spec.ts');
  expect(keyOf({ file: windows })).toBe(keyOf());
  expect(keyOf({ file: relativePosix('/home/x/tests/', '/home/x/tests/pay/refund.spec.ts') })).toBe(keyOf());
});

test('the key differs by hub project, Playwright project, file, titles and repetition', () => {
  const keys = [
    keyOf(),
    keyOf({ project: 'blog' }),
    keyOf({ playwrightProject: 'firefox' }),
    keyOf({ file: 'refund.spec.ts' }),
    keyOf({ titlePath: ['refunds', 'returns the money'] }),
    keyOf({ titlePath: ['refunds › returns the stock'] }),
    keyOf({ repeatEachIndex: 1 }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test('qh:id keeps the key when the test is renamed and moved', () => {
  const annotations = [
    { type: 'issue', description: '7' },
    { type: 'qh:id', description: 'refund-stock' },
  ];
  const moved = keyOf({ annotations, file: 'other.spec.ts', titlePath: ['new name'] });
  expect(keyOf({ annotations })).toBe(moved);
  expect(moved).not.toBe(keyOf());
  expect(keyOf({ annotations, playwrightProject: 'firefox' })).not.toBe(moved);
});

test('a file is named alike on every platform', () => {
  expect(keyOf({ file: 'pay\\refund.spec.ts' })).toBe(keyOf({ file: 'pay/refund.spec.ts' }));
});

test('an empty qh:id is none', () => {
  expect(keyOf({ annotations: [{ type: 'qh:id', description: '' }, { type: 'qh:id' }] })).toBe(keyOf());
});

test('a title equal to an id does not give its key', () => {
  expect(keyOf({ annotations: [{ type: 'qh:id', description: 'x' }] })).not.toBe(keyOf({ file: '', titlePath: ['x'] }));
});

test('the title reads as project, file, titles and repetition', () => {
  expect(identityTitle(identityOf(facts))).toBe('[chromium] › pay/refund.spec.ts › refunds › returns the stock');
  expect(identityTitle(identityOf({ ...facts, playwrightProject: '', repeatEachIndex: 2 }))).toBe(
    'pay/refund.spec.ts › refunds › returns the stock › (repeat 3)',
  );
});

test('a file outside the root is found upwards', () => {
  expect(relativePosix('/repo/tests', '/repo/shared/a.ts')).toBe('../shared/a.ts');
  expect(relativePosix('/repo/tests', '/repo/tests')).toBe('');
  expect(relativePosix('/repo/./tests//', '/repo/tests/a.ts')).toBe('a.ts');
  expect(relativePosix('D:\\a', 'd:/a/b c/d.ts')).toBe('b c/d.ts');
});

test('names of folders compare with case', () => {
  expect(relativePosix('/Repo', '/repo/a.ts')).toBe('../repo/a.ts');
});
