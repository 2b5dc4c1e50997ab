import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import * as door from './index.ts';
import { scratchFiles } from './testing/scratch-files.ts';

test('the example of the README runs and prints what it says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const script = example.replace(/^import \{(.*)\} from '@quality-hub\/config';$/m, 'const {$1} = door;');
  expect(script).not.toBe(example);
  const folder = scratchFiles({
    'quality-hub.config.json': JSON.stringify({
      environments: { staging: { shop: { baseURL: 'https://staging.example', currency: 'EUR' } } },
    }),
  });
  const printed: unknown[] = [];
  const Async = (async () => {}).constructor as new (...text: string[]) => (...given: unknown[]) => Promise<void>;
  const console = { log: (text: unknown) => printed.push(text) };
  await new Async('door', 'console', 'process', script)(door, console, { cwd: () => folder });
  expect(printed).toEqual([...example.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, text]) => text));
});
