import { describe, expect, test } from 'vitest';
import { edited, parsed } from '../../testing/edited.ts';
import { editImports } from './edit-imports.ts';

function rewritten(text: string, path?: string): string {
  return edited(text, source => editImports(source).edits, path);
}

describe('test and expect come from us, the rest stays', () => {
  const cases: [string, string, string][] = [
    [
      'both',
      "import { test, expect } from '@playwright/test';\n",
      "import { test, expect } from '@quality-hub/test';\n",
    ],
    ['in double quotes', 'import { test } from "@playwright/test"\n', 'import { test } from "@quality-hub/test"\n'],
    [
      'under another name',
      "import { test as base, expect } from '@playwright/test';\n",
      "import { test as base, expect } from '@quality-hub/test';\n",
    ],
    [
      'in front of types',
      "import { test, expect, Page } from '@playwright/test';\n",
      "import { Page } from '@playwright/test';\nimport { test, expect } from '@quality-hub/test';\n",
    ],
    [
      'behind a value that we lack',
      "import { devices, test } from '@playwright/test'; // all\nwork();\n",
      "import { devices } from '@playwright/test'; // all\nimport { test } from '@quality-hub/test';\nwork();\n",
    ],
    [
      'between others',
      "import { type Page, test, mergeTests, expect } from '@playwright/test';\n",
      "import { type Page, mergeTests } from '@playwright/test';\nimport { test, expect } from '@quality-hub/test';\n",
    ],
    [
      'on lines of their own',
      "import {\n  expect,\n  type Locator,\n  test,\n} from '@playwright/test';\n",
      "import {\n  type Locator,\n} from '@playwright/test';\nimport { expect, test } from '@quality-hub/test';\n",
    ],
    [
      'passed on',
      "export { test, expect } from '@playwright/test';\n",
      "export { test, expect } from '@quality-hub/test';\n",
    ],
    [
      'passed on with more',
      "export { test as it, type Page } from '@playwright/test';\n",
      "export { type Page } from '@playwright/test';\nexport { test as it } from '@quality-hub/test';\n",
    ],
    [
      'required',
      "const { test, expect } = require('@playwright/test');\n",
      "const { test, expect } = require('@quality-hub/test');\n",
    ],
    [
      'required with more',
      "let { devices, test: base } = require('@playwright/test');\n",
      "let { devices } = require('@playwright/test');\nlet { test: base } = require('@quality-hub/test');\n",
    ],
  ];
  test.each(cases)('%s', (_, before, wanted) => {
    expect(rewritten(before)).toBe(wanted);
    expect(editImports(parsed(wanted))).toEqual({ edits: [], byHand: [] });
  });
});

describe('files without our test stay as they are', () => {
  const cases: [string, string][] = [
    ['only expect', "import { expect } from '@playwright/test';\n"],
    [
      'only types',
      "import type { test, Page } from '@playwright/test';\nimport { type test as t } from '@playwright/test';\n",
    ],
    ['only a browser', "const { chromium } = require('@playwright/test');\nimport * as all from '@playwright/test';\n"],
    ['everything, and a test of its own', "export * from '@playwright/test';\nexport const test = base.extend({});\n"],
    ['everything, and ours', "export * from '@playwright/test';\nexport { test } from './mine';\n"],
    ['test of another module', "import { test } from 'vitest';\nconst { test: t } = await import('./own');\n"],
  ];
  test.each(cases)('%s', (_, text) => {
    expect(editImports(parsed(text))).toEqual({ edits: [], byHand: [] });
  });
});

describe('ways that cannot be changed safely are told with their line', () => {
  const cases: [string, string, number][] = [
    ['the default export', "\nimport test from '@playwright/test';", 2],
    ['a namespace', "import * as pw from '@playwright/test';\npw.test('a', () => {});", 2],
    ['a required module', "const pw = require('@playwright/test');\n\npw.test('a', () => {});", 3],
    ['a member of what is required', "const it = require('@playwright/test').test;", 1],
    ['everything passed on', "export * from '@playwright/test';", 1],
    ['names with comments', "import { test, /* types */ type Page } from '@playwright/test';", 1],
    ['the rest of the names', "const { test, ...rest } = require('@playwright/test');", 1],
    ['a name inside a function', "function f() {\n  const { test } = require('@playwright/test');\n}", 2],
    ['an import at run time', `const { test } = await import('@playwright/test');`, 1],
  ];
  test.each(cases)('%s', (_, text, line) => {
    expect(editImports(parsed(text))).toEqual({ edits: [], byHand: [{ line, why: expect.any(String) }] });
  });
});
