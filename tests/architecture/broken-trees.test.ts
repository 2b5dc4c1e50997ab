/** Every rule can fail: each is run on a small tree that breaks it, and on one that does not. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { everyRule } from './rules/every-rule.ts';
import { readSourceTree } from './source-tree.ts';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

type Files = Readonly<Record<string, string>>;

function manifest(
  name: string,
  { exports = { '.': './src/index.ts' }, dependencies = {} }: { exports?: object; dependencies?: object } = {},
) {
  return JSON.stringify({ name: `@quality-hub/${name}`, exports, dependencies });
}

function packageFiles(folder: string, name: string, index: string, more: Parameters<typeof manifest>[1] = {}): Files {
  return {
    [`${folder}/package.json`]: manifest(name, more),
    [`${folder}/tsconfig.json`]: '{}',
    [`${folder}/README.md`]: '# x',
    [`${folder}/src/index.ts`]: index,
  };
}

const SOUND: Files = {
  ...packageFiles('packages/protocol', 'protocol', "export { word } from './word.ts';\n", {
    exports: { '.': './src/index.ts', './schema': './src/schema/index.ts' },
  }),
  'packages/protocol/src/word.ts': "export const word = 'word';\n",
  'packages/protocol/src/schema/index.ts': "import { z } from 'zod';\nexport const schema = z.string();\n",
  ...packageFiles('packages/telemetry', 'telemetry', "export { word } from '@quality-hub/protocol';\n"),
  ...packageFiles('packages/resilience', 'resilience', 'export const a = 1;\n'),
  ...packageFiles(
    'packages/hub',
    'hub',
    "import { schema } from '@quality-hub/protocol/schema';\nexport const hub = schema;\n",
  ),
  ...packageFiles('packages/dashboard', 'dashboard', "export { word } from '@quality-hub/protocol';\n"),
  ...packageFiles(
    'packages/testkit',
    'testkit',
    "import { expect } from '@playwright/test';\nexport const a = expect;\n",
  ),
  ...packageFiles('fixtures', 'test', "import { test } from '@playwright/test';\nexport { test };\n"),
  ...packageFiles(
    'reporters',
    'reporters',
    "import type { Reporter } from '@playwright/test/reporter';\nexport const open = async (reporter: Reporter) => [reporter, await import('@quality-hub/hub')];\n",
  ),
};

function broken(files: Files): string[] {
  const root = mkdtempSync(join(tmpdir(), 'quality-hub-tree-'));
  made.push(root);
  for (const [path, text] of Object.entries({ ...SOUND, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const tree = readSourceTree(root);
  return everyRule.flatMap(rule => rule.check(tree));
}

test('a sound tree breaks no rule', () => {
  expect(broken({})).toEqual([]);
});

const LONG = Array.from({ length: 401 }, (_, line) => `// line ${line}`).join('\n');

describe('a broken tree is named with its file, its import and the rule', () => {
  test.each<[string, Files, string[]]>([
    [
      'up',
      { 'packages/telemetry/src/a.ts': "import '@quality-hub/hub';\n" },
      ['packages/telemetry/src/a.ts:1 imports @quality-hub/hub: that points up (level 1 to 3)'],
    ],
    [
      'up by type',
      { 'packages/telemetry/src/a.ts': "\nimport type { Hub } from '@quality-hub/hub';\n" },
      ['packages/telemetry/src/a.ts:2 imports @quality-hub/hub: that points up'],
    ],
    [
      'up by export',
      { 'packages/telemetry/src/a.ts': "export { hub } from '@quality-hub/hub';\n" },
      ['that points up'],
    ],
    [
      'up, lazily',
      { 'packages/telemetry/src/a.ts': "export const a = () => import('@quality-hub/hub');\n" },
      ['that points up'],
    ],
    [
      'up, over several lines',
      { 'packages/telemetry/src/a.ts': "import {\n  hub,\n  type Hub,\n} from '@quality-hub/hub';\n" },
      ['packages/telemetry/src/a.ts:4 imports @quality-hub/hub: that points up'],
    ],
    [
      'sideways',
      { 'packages/telemetry/src/a.ts': "import { a } from '@quality-hub/resilience';\n" },
      ['that points sideways (level 1 to 1)'],
    ],
    [
      'testkit outside of a test',
      { 'fixtures/src/a.ts': "import '@quality-hub/testkit';\n" },
      ['fixtures/src/a.ts:1 imports @quality-hub/testkit: that points up'],
    ],
    [
      'an unknown package',
      { 'packages/hub/src/a.ts': "import '@quality-hub/nowhere';\n" },
      ['there is no level for "nowhere"'],
    ],
    [
      'a numbered parameter',
      {
        'packages/hub/src/a.ts':
          "// ?1 in a comment\nexport const a = db => db.prepare('SELECT a FROM b WHERE c = ?1');\n",
      },
      ['packages/hub/src/a.ts:2 numbers a parameter'],
    ],
    [
      'something that is disposed by itself',
      { 'packages/hub/src/a.ts': 'export async function a(open) {\n  await using b = open();\n  return b.c;\n}\n' },
      ['packages/hub/src/a.ts:2 says "using"'],
    ],
    [
      'fixtures to reporters',
      { 'fixtures/src/a.ts': "import '@quality-hub/reporters';\n" },
      ['fixtures/src/a.ts:1 imports @quality-hub/reporters: that points sideways'],
    ],
    [
      'a dependency on reporters',
      { 'fixtures/package.json': manifest('test', { dependencies: { '@quality-hub/reporters': '*' } }) },
      ['fixtures/package.json depends on @quality-hub/reporters'],
    ],
    [
      'a curious dashboard',
      { 'packages/dashboard/src/a.ts': "import { word } from '@quality-hub/telemetry';\n" },
      ['packages/dashboard/src/a.ts:1 imports @quality-hub/telemetry: the dashboard'],
    ],
    [
      'zod in a worker',
      { 'fixtures/src/a.ts': "import { schema } from '@quality-hub/protocol/schema';\n" },
      ['fixtures/src/a.ts:1 imports @quality-hub/protocol/schema: zod would load'],
    ],
    [
      'Playwright in a package',
      { 'packages/hub/src/a.ts': "import type { Page } from '@playwright/test';\n" },
      ['packages/hub/src/a.ts:1 imports @playwright/test: only fixtures, reporters and testkit'],
    ],
    [
      'Playwright in a test of a package',
      { 'packages/hub/src/a.test.ts': "import { chromium } from 'playwright-core';\n" },
      ['packages/hub/src/a.test.ts:1 imports playwright-core'],
    ],
    [
      'a reporter that loads Playwright',
      { 'reporters/src/base/a.ts': "import { test } from '@playwright/test';\n" },
      ['reporters/src/base/a.ts:1 imports @playwright/test: a reporter that loads Playwright'],
    ],
    [
      'types from the wrong place',
      { 'reporters/src/base/a.ts': "import type { Page } from '@playwright/test';\n" },
      ['take the types of "@playwright/test/reporter"'],
    ],
    [
      'shapes outside of base',
      { 'reporters/src/hub/a.ts': "import { type TestCase } from '@playwright/test/reporter';\n" },
      ['reporters/src/hub/a.ts:1 imports @playwright/test/reporter: translate in reporters/src/base'],
    ],
    [
      'a dependency of protocol',
      {
        'packages/protocol/package.json': manifest('protocol', {
          exports: { '.': './src/index.ts', './schema': './src/schema/index.ts' },
          dependencies: { zod: '4' },
        }),
      },
      ['packages/protocol/package.json depends on zod'],
    ],
    [
      'Node in protocol',
      { 'packages/protocol/src/a.ts': "import { readFileSync } from 'node:fs';\n" },
      ['packages/protocol/src/a.ts:1 imports node:fs: protocol runs in a browser'],
    ],
    [
      'zod outside of the schema',
      { 'packages/protocol/src/a.ts': "import type { ZodType } from 'zod';\n" },
      ['packages/protocol/src/a.ts:1 imports zod'],
    ],
    [
      'past the door',
      { 'packages/hub/src/a.ts': "import { word } from '@quality-hub/protocol/src/word.ts';\n" },
      ['"./src/word.ts" is no door of protocol; its doors are ., ./schema'],
    ],
    [
      'past the door by a path',
      { 'tests/e2e/a.spec.ts': "import { word } from '../../packages/protocol/src/word.ts';\n" },
      ['tests/e2e/a.spec.ts:1 imports ../../packages/protocol/src/word.ts: that goes past the door of protocol'],
    ],
    [
      'out of the folder',
      { 'packages/hub/src/a.ts': "import '../../../scripts/x.mjs';\n" },
      ['packages/hub/src/a.ts:1 imports ../../../scripts/x.mjs: that is outside of packages/hub'],
    ],
    [
      'export everything',
      { 'packages/hub/src/a.ts': "export * from './index.ts';\n" },
      ['packages/hub/src/a.ts:1 has "export * from \'./index.ts\'"'],
    ],
    [
      'export everything by one name',
      { 'packages/hub/src/a.ts': "export * as hub from './index.ts';\n" },
      ['has "export * from'],
    ],
    [
      'a circle',
      { 'packages/hub/src/a.ts': "import './b.ts';\n", 'packages/hub/src/b.ts': "import { a } from './a.ts';\n" },
      ['packages/hub/src/a.ts -> packages/hub/src/b.ts -> packages/hub/src/a.ts'],
    ],
    [
      'a hub that loads with the reporter',
      {
        'reporters/src/index.ts': "import './a.ts';\n",
        'reporters/src/a.ts': "import { hub } from '@quality-hub/hub';\n",
      },
      ['reporters/src/a.ts:1 imports @quality-hub/hub, reached from reporters/src/index.ts -> reporters/src/a.ts'],
    ],
    [
      'sqlite in a neighbour',
      {
        'fixtures/src/a.ts': '',
        'fixtures/src/index.ts': "import '@quality-hub/telemetry';\n",
        'packages/telemetry/src/index.ts': "import { DatabaseSync } from 'node:sqlite';\n",
      },
      ['packages/telemetry/src/index.ts:1 imports node:sqlite, reached from fixtures/src/index.ts'],
    ],
    [
      'a name in the wrong case',
      { 'packages/hub/src/RunStore.ts': '' },
      ['packages/hub/src/RunStore.ts: write the name in kebab-case'],
    ],
    ['a name that says nothing', { 'scripts/test-utils.mjs': '' }, ['scripts/test-utils.mjs: "utils" says nothing']],
    [
      'a folder that says nothing',
      { 'packages/hub/src/common/a.ts': '' },
      ['packages/hub/src/common/a.ts: "common" says nothing'],
    ],
    ['a long file', { 'packages/hub/src/a.ts': LONG }, ['packages/hub/src/a.ts has 401 lines, 400 are allowed']],
    [
      'a package that is not complete',
      { 'packages/state/package.json': manifest('state') },
      ['packages/state has no README.md', 'packages/state has no src/index.ts', 'packages/state has no tsconfig.json'],
    ],
    [
      'a package without a level',
      packageFiles('packages/novelty', 'novelty', ''),
      ['packages/novelty ("novelty") has no level'],
    ],
  ])('%s', (_name, files, sentences) => {
    const found = broken(files);
    expect(found).toHaveLength(sentences.length);
    for (const sentence of sentences) expect(found.join('\n')).toContain(sentence);
  });
});

describe('what only looks like an import is none', () => {
  test.each<[string, string]>([
    ['in a comment', "// import '@quality-hub/hub';\n/*\nimport '@quality-hub/hub';\n*/\n"],
    ['in a template', "export const child = `\nimport { hub } from '@quality-hub/hub';\n`;\n"],
    ['in a string', 'export const text = "import { hub } from \'@quality-hub/hub\'";\n'],
  ])('%s', (_name, text) => {
    expect(broken({ 'packages/telemetry/src/a.ts': text })).toEqual([]);
  });
});

test('types may refer to each other, and a lazy import closes no circle', () => {
  const b = (text: string) => broken({ 'packages/hub/src/a.ts': "import './b.ts';\n", 'packages/hub/src/b.ts': text });
  expect(b("import type { A } from './a.ts';\n")).toEqual([]);
  expect(b("import { type A } from './a.ts';\n")).toEqual([]);
  expect(b("export const a = () => import('./a.ts');\n")).toEqual([]);
});

test('a test may use testkit and what is above its package only through it', () => {
  expect(broken({ 'packages/telemetry/src/a.test.ts': "import { a } from '@quality-hub/testkit';\n" })).toEqual([]);
  expect(broken({ 'packages/telemetry/src/a.test.ts': "import { hub } from '@quality-hub/hub';\n" })).toHaveLength(1);
});
