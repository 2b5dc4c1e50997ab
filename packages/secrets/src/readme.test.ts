import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import * as door from './index.ts';

test('the example of the README runs and prints what it says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const script = example.replace(/^import \{(.*)\} from '@quality-hub\/secrets';$/m, 'const {$1} = door;');
  expect(script).not.toBe(example);
  const printed: unknown[] = [];
  const Async = (async () => {}).constructor as new (...text: string[]) => (...given: unknown[]) => Promise<void>;
  await new Async('door', 'console', script)(door, { log: (text: unknown) => printed.push(text) });
  const expected = [...example.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, text]) => text);
  expect(printed).toEqual(expected);
});
