import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('no statement numbers its parameters, which Node 22 cannot bind', () => {
  const sources = readdirSync(import.meta.dirname).filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  expect(sources.length).toBeGreaterThan(3);
  const numbered = sources.filter(name => {
    const code = readFileSync(`${import.meta.dirname}/${name}`, 'utf8').replace(/^\s*(?:\/\*\*|\*|\/\/).*$/gm, '');
    return /\?\d/.test(code);
  });
  expect(numbered).toEqual([]);
});
