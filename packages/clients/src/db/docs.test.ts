/** The examples of the guide run as they stand there. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const GUIDE = fileURLToPath(new URL('../../../../docs/clients-databases.md', import.meta.url));
const README = fileURLToPath(new URL('README.md', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;
beforeAll(() => {
  // Inside of the package, so that its name leads to itself; coverage is a folder that git does not see.
  mkdirSync(join(PACKAGE, 'coverage'), { recursive: true });
  folder = mkdtempSync(join(PACKAGE, 'coverage', 'guide-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const examples = [GUIDE, README].flatMap(page =>
  [...readFileSync(page, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ''], index) => ({
    name: `${basename(page)}, example ${index + 1}`,
    code,
  })),
);

test('there are examples', () => expect(examples.length).toBeGreaterThan(5));

test.each(examples)('$name runs', ({ name, code }) => {
  const file = join(folder, `${name.replace(/\W/g, '-')}.ts`);
  writeFileSync(file, code);
  const { status, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', timeout: 60_000 });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
