/** What ran in a child is found at its place in the source, whether the source ran as it is or was translated first. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { placesOf } from '../setup/places.mjs';
import { run } from '../setup/processes.mjs';
import { executedPositions } from './executed-positions.mjs';
import { toolsOf } from './tools.mjs';

const SOURCE = `export interface Order { readonly sku: string }

export function price(order: Order): number {
  if (order.sku === 'mug') {
    return 12;
  }
  return 0;
}
`;
const places = placesOf();
let folder;
let source;
beforeEach(() => {
  folder = mkdtempSync(join(places.root, 'scripts', 'node_modules-report-'));
  source = join(folder, 'price.ts');
  mkdirSync(join(folder, 'dumps'));
  writeFileSync(source, SOURCE);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('run by Node, which only blanks the types out', async () => {
  const code = `import(${JSON.stringify(pathToFileURL(source).href)}).then(({ price }) => price({ sku: 'mug' }))`;
  const { code: exitCode, output } = await run(places.node, ['--eval', code], { env: environment() });
  expect(exitCode, output).toBe(0);
  expect(seen()).toEqual({ condition: true, taken: true, notTaken: false });
});

test('run by Playwright, which translates it', { timeout: 60_000 }, async () => {
  writeFileSync(join(folder, 'playwright.config.mjs'), "export default { testMatch: '*.pw.ts', reporter: 'list' };\n");
  writeFileSync(
    join(folder, 'a.pw.ts'),
    "import { test } from '@playwright/test';\nimport { price } from './price.ts';\ntest('a', () => { price({ sku: 'mug' }); });\n",
  );
  const { code, output } = await toolsOf(places, environment()).playwright(['test', '-c', folder]);
  expect(code, output).toBe(0);
  expect(seen()).toEqual({ condition: true, taken: true, notTaken: false });
});

function environment() {
  return { ...process.env, NODE_V8_COVERAGE: join(folder, 'dumps'), NODE_OPTIONS: '', VITEST: '' };
}

/** Whether the three statements ran in any process that knew the source. */
function seen() {
  const positions = { condition: [4, 2], taken: [5, 4], notTaken: [7, 2] };
  const result = { condition: false, taken: false, notTaken: false };
  for (const name of readdirSync(join(folder, 'dumps'))) {
    const dump = JSON.parse(readFileSync(join(folder, 'dumps', name), 'utf8'));
    for (const script of dump.result.filter(({ url }) => url === pathToFileURL(source).href)) {
      const executed = executedPositions(script, dump['source-map-cache']?.[script.url], SOURCE);
      for (const [place, [line, column]] of Object.entries(positions))
        result[place] ||= executed(line, column) === true;
    }
  }
  return result;
}
