/**
 * The suite that reporters are measured with. Of its tests 20 % have three steps, 10 % print three lines, 2 % attach a note
 * of 1 KB, 1 % have a tag and an annotation, 1 % are skipped, 1 % are flaky and half a percent fails.
 */
const TESTS_PER_FILE = 250;

export function mixedSuite(tests: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (let file = 0; file * TESTS_PER_FILE < tests; file++) {
    const lines = [`import { test, expect } from '@playwright/test';`];
    const end = Math.min(tests, (file + 1) * TESTS_PER_FILE);
    for (let n = file * TESTS_PER_FILE; n < end; n++) lines.push(mixedTest(n, file));
    files[`feature-${String(file).padStart(3, '0')}.spec.js`] = `${lines.join('\n')}\n`;
  }
  return files;
}

function mixedTest(n: number, file: number): string {
  const body = ['expect(1).toBe(1);'];
  let details = '';
  if (n % 5 === 0) {
    body.push(`await test.step('one', async () => { await test.step('inner', async () => {}); });`);
    body.push(`await test.step('two', async () => {});`);
  }
  if (n % 10 === 1) body.push(...[1, 2, 3].map(line => `console.log('line ${line} of ${n}');`));
  if (n % 50 === 2)
    body.push(`await test.info().attach('note', { body: 'x'.repeat(1024), contentType: 'text/plain' });`);
  if (n % 100 === 3) {
    details = `{ tag: '@slow', annotation: { type: 'issue', description: 'https://example.com/${n}' } }, `;
  }
  if (n % 100 === 4) body.push(`test.skip(true, 'not today');`);
  if (n % 100 === 6) body.push('if (test.info().retry === 0) expect(1).toBe(2);');
  if (n % 200 === 7) body.push('expect({ a: 1 }).toEqual({ a: 2 });');
  return `test('feature ${file} does thing number ${n}', ${details}async () => { ${body.join(' ')} });`;
}
