import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

test('the example of the README runs and prints what it says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const script = example
    .replaceAll(/^import \{(.*)\} from '(.*)';$/gm, "const {$1} = await load('$2');")
    .replaceAll(' as ', ': ');
  const printed: unknown[] = [];
  const load = (name: string): Promise<unknown> =>
    name === '@quality-hub/artifacts' ? import('./index.ts') : import(name);
  const Async = (async () => {}).constructor as new (...text: string[]) => (...given: unknown[]) => Promise<void>;
  await new Async('load', 'console', script)(load, { log: (text: unknown) => printed.push(text) });
  const expected = [...example.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, text]) => text);
  expect(printed).toEqual(expected);
});
