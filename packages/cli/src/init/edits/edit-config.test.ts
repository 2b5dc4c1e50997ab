import { describe, expect, test } from 'vitest';
import { edited, parsed } from '../../testing/edited.ts';
import { type ConfigOptions, editConfig } from './edit-config.ts';

const alone: ConfigOptions = { hasOurs: () => false };

function rewritten(text: string, options: ConfigOptions = alone, path?: string): string {
  const result = edited(
    text,
    source => {
      const edit = editConfig(source, options);
      if (edit.kind !== 'change') throw new Error(JSON.stringify(edit));
      return edit.edits;
    },
    path,
  );
  expect(editConfig(parsed(result, path), options)).toEqual({ kind: 'set-up' });
  return result;
}

const IMPORT = "import { reporters } from '@quality-hub/reporters/config';\n";
const DEFINE = "import { defineConfig } from '@playwright/test';\n";

describe('what a configuration reports with stays, inside reporters()', () => {
  const values: [string, string, string][] = [
    ['a string', "'html'", "reporters('html')"],
    ['an array', "[['list'], ['html', { open: 'never' }]]", "reporters([['list'], ['html', { open: 'never' }]])"],
    ['a conditional', "process.env.CI ? 'blob' : 'html'", "reporters(process.env.CI ? 'blob' : 'html')"],
    ['brackets', "(process.env.CI ? 'blob' : 'html')", "reporters((process.env.CI ? 'blob' : 'html'))"],
    ['a variable', 'mine', 'reporters(mine)'],
    ['a cast', "[['list']] as const", "reporters([['list']] as const)"],
    ['a call', 'pick()', 'reporters(pick())'],
    ['undefined', 'undefined', 'reporters(undefined)'],
  ];
  test.each(values)('%s', (_, value, wrapped) => {
    expect(rewritten(`${DEFINE}export default defineConfig({ reporter: ${value}, retries: 1 });\n`)).toBe(
      `${DEFINE}${IMPORT}export default defineConfig({ reporter: ${wrapped}, retries: 1 });\n`,
    );
  });

  test('a shorthand', () => {
    expect(rewritten(`const reporter = 'dot';\nexport default { reporter };\n`)).toBe(
      `${IMPORT}const reporter = 'dot';\nexport default { reporter: reporters(reporter) };\n`,
    );
  });

  test('a variable that has our name keeps it', () => {
    expect(rewritten(`${DEFINE}const reporters = [['dot']];\nexport default { reporter: reporters };\n`)).toBe(
      `${DEFINE}import { reporters as qualityHubReporters } from '@quality-hub/reporters/config';\nconst reporters = [['dot']];\nexport default { reporter: qualityHubReporters(reporters) };\n`,
    );
  });

  test('what is assigned later', () => {
    const text = `const config = {\n  reporter: 'list',\n};\nif (process.env.CI) config.reporter = [['blob']];\nexport default config;\n`;
    expect(rewritten(text)).toBe(
      IMPORT + text.replace("'list'", "reporters('list')").replace("[['blob']]", "reporters([['blob']])"),
    );
  });
});

describe('a configuration that names no reporter gets one', () => {
  const objects: [string, string, string][] = [
    ['on one line', "{ testDir: 'e2e' }", "{ testDir: 'e2e', reporter: reporters() }"],
    ['on one line with a comma', '{ retries: 1, }', '{ retries: 1, reporter: reporters(), }'],
    ['empty', '{}', '{ reporter: reporters() }'],
    ['with a comma at the end', '{\n  retries: 1,\n}', '{\n  retries: 1,\n  reporter: reporters(),\n}'],
    ['without one', '{\n\tretries: 1\n}', '{\n\tretries: 1,\n\treporter: reporters()\n}'],
    [
      'with comments at the end',
      '{\n  retries: 1 // once, only\n  // more, later\n}',
      '{\n  retries: 1, // once, only\n  // more, later\n  reporter: reporters()\n}',
    ],
    [
      'with a harmless spread',
      '{ ...(ci ? { workers: 1 } : {}) }',
      '{ ...(ci ? { workers: 1 } : {}), reporter: reporters() }',
    ],
    ['with the reporters of a base', '{ ...base }', '{ ...base, reporter: reporters(base.reporter) }'],
  ];
  test.each(objects)('%s', (_, object, wanted) => {
    const base = "import base from './base';\n";
    expect(rewritten(`${base}export default ${object};\n`)).toBe(`${base}${IMPORT}export default ${wanted};\n`);
  });

  test('a local object that is spread keeps its reporters', () => {
    const text =
      "const shared = { reporter: 'dot' };\nexport default { ...shared, ...undefined, ...(ci && { workers: 1 }) };\n";
    expect(rewritten(text)).toBe(IMPORT + text.replace('}) };', '}), reporter: reporters(shared.reporter) };'));
  });

  test('a merged base keeps its reporters', () => {
    expect(
      rewritten(`${DEFINE}import base from '../base';\nexport default defineConfig(base, { retries: 1 });\n`),
    ).toBe(
      `${DEFINE}${IMPORT}import base from '../base';\nexport default defineConfig(base, { retries: 1, reporter: reporters(base.reporter) });\n`,
    );
  });

  test('the reporter of an earlier object counts', () => {
    expect(rewritten(`${DEFINE}export default defineConfig({ reporter: 'dot' }, { retries: 1 });\n`)).toContain(
      "defineConfig({ reporter: reporters('dot') }, { retries: 1 })",
    );
  });

  test('among several suites it gets a name, and the default is written out', () => {
    expect(rewritten('module.exports = {\n  retries: 1,\n};\n', { ...alone, project: "tea's" }, 'a.js')).toBe(
      "const { reporters } = require('@quality-hub/reporters/config');\nmodule.exports = {\n  retries: 1,\n  reporter: reporters(process.env.CI ? 'dot' : 'list', { project: 'tea\\'s' }),\n};\n",
    );
    expect(rewritten("export default { reporter: 'dot' };\n", { ...alone, project: 'api' })).toContain(
      "reporters('dot', { project: 'api' })",
    );
  });
});

describe('the configuration is found', () => {
  const forms: [string, string][] = [
    [
      'in a variable with a type',
      "const config: PlaywrightTestConfig = { reporter: 'dot' };\nexport default config;\n",
    ],
    ['behind satisfies', "export default { reporter: 'dot' } satisfies PlaywrightTestConfig;\n"],
    ['in module.exports', "const config = { reporter: 'dot' };\nmodule.exports = config;\n"],
    ['in export =', "export = { reporter: 'dot' };\n"],
    ['under the name default', "const mine = { reporter: 'dot' };\nexport { mine as default };\n"],
    ['in exports.default', "exports.default = { reporter: 'dot' };\n"],
    ['in a function', "export default make(1);\nfunction make(retries) {\n  return { retries, reporter: 'dot' };\n}\n"],
    ['in an arrow', "const make = async () => ({ reporter: 'dot' });\nexport default await make();\n"],
    ['under a quoted key', "export default { 'reporter': 'dot' };\n"],
    [
      'of a namespace',
      "import * as pw from '@playwright/test';\nexport default pw.defineConfig({ reporter: 'dot' });\n",
    ],
  ];
  test.each(forms)('%s', (_, text) => {
    expect(rewritten(text)).toContain("reporters('dot')");
  });
});

test('a file that nests deeply is read', () => {
  const sum = Array.from({ length: 1000 }, () => "'a'").join(' + ');
  expect(rewritten(`const text = ${sum};\nexport default { reporter: 'dot' };\n`)).toContain("reporters('dot')");
});

describe('the import is put where it belongs', () => {
  test('behind a comment that ends the line', () => {
    expect(
      rewritten(`import { defineConfig } from '@playwright/test'; // one\nexport default defineConfig({});\n`),
    ).toBe(
      `import { defineConfig } from '@playwright/test'; // one\n${IMPORT}export default defineConfig({ reporter: reporters() });\n`,
    );
  });

  test('before a comment that goes on, and before more on the line', () => {
    for (const rest of [' /* long\n */', ' work();']) {
      expect(rewritten(`import '@playwright/test';${rest}\nexport default {};\n`)).toMatch(
        /^import '@playwright\/test';\nimport \{ reporters \}/,
      );
    }
  });

  test('below directives and comments of the file, above that of the first statement', () => {
    expect(
      rewritten(
        "#!/usr/bin/env node\n'use strict';\n// @ts-check\n\n/** @type {Config} */\nconst config = {};\nmodule.exports = config;\n",
        alone,
        'a.js',
      ),
    ).toBe(
      "#!/usr/bin/env node\n'use strict';\n// @ts-check\n\nconst { reporters } = require('@quality-hub/reporters/config');\n/** @type {Config} */\nconst config = { reporter: reporters() };\nmodule.exports = config;\n",
    );
    expect(rewritten('// @ts-check\nmodule.exports = {};\n', alone, 'a.js')).toMatch(
      /^\/\/ @ts-check\nconst \{ reporters/,
    );
  });

  test('in the quotes, line ends and semicolons of the file, behind its mark', () => {
    expect(
      rewritten(
        '\uFEFFimport { defineConfig } from "@playwright/test"\r\n\r\nexport default defineConfig({\r\n  retries: 1\r\n})\r\n',
      ),
    ).toBe(
      '\uFEFFimport { defineConfig } from "@playwright/test"\r\nimport { reporters } from "@quality-hub/reporters/config"\r\n\r\nexport default defineConfig({\r\n  retries: 1,\r\n  reporter: reporters()\r\n})\r\n',
    );
  });
});

describe('what cannot be changed safely is told with its line', () => {
  const cases: [string, string, number, RegExp][] = [
    ['a preset that is spread', '\nexport default {\n  ...preset(),\n};', 3, /`preset\(\)` may bring a reporter/],
    [
      'a spread behind the reporter',
      "import a from 'a';\nexport default { reporter: 'dot',\n ...a };",
      2,
      /may be replaced/,
    ],
    [
      'two that may bring one',
      "import a from 'a';\nimport b from 'b';\nexport default { ...a, ...b };",
      3,
      /one of several/,
    ],
    [
      'a condition that brings one',
      "export default { ...(ci ? { reporter: 'dot' } : {}) };",
      1,
      /may bring a reporter/,
    ],
    [
      'a configuration of another file',
      "import a from './a';\nexport default a;",
      1,
      /configuration is the one of \.\/a/,
    ],
    [
      'a call of another file',
      "import { make } from './a';\nexport default make();",
      2,
      /`make\(\)` is made elsewhere/,
    ],
    ['a choice of configurations', 'export default ci ? {} : { retries: 1 };', 1, /is not one object of this file/],
    [
      'a variable that changes',
      'let a = {};\na = { retries: 1 };\nexport default a;',
      3,
      /`a` is not one object of this file/,
    ],
    ['nothing exported', 'console.log(1);', 1, /exports no configuration/],
    ['a class', 'export default class {}', 1, /exports no configuration/],
    ['a getter', "export default { get reporter() { return 'dot'; } };", 1, /is a method/],
    ['a computed key', "const k = 'reporter';\nexport default { [k]: 'dot' };", 2, /computed/],
    ['null', "export default { reporter: ci ? 'dot' : null };", 1, /can be null/],
    ['a function that calls itself', 'function f() { return f(); }\nexport default f();', 1, /made elsewhere/],
    [
      'functions that call each other',
      'const f = () => g();\nconst g = () => f();\nexport default f();',
      2,
      /made elsewhere/,
    ],
    ['spread arguments', `${DEFINE}export default defineConfig(...all);`, 2, /can be anything/],
  ];
  test.each(cases)('%s', (_, text, line, why) => {
    expect(editConfig(parsed(text), alone)).toEqual({ kind: 'by-hand', line, why: expect.stringMatching(why) });
  });
});

test('a configuration on top of one with our reporter is left alone', () => {
  const hasOurs = (module: string) => module === './base';
  for (const text of [
    "import base from './base';\nexport default { ...base, retries: 1 };",
    "import { base as given } from './base';\nexport default defineConfig(given, {});",
    "const { more, base } = require('./base');\nmodule.exports = defineConfig(base, {});",
    "const base = require('./base');\nmodule.exports = base;",
    "module.exports = require('./base');",
    "module.exports = { ...require('./base'), retries: 1 };",
    "export { default } from './base';",
  ]) {
    expect(editConfig(parsed(text), { hasOurs }), text).toEqual({ kind: 'inherits', from: './base' });
  }
});

test('component tests are told apart, and what has our reporter already', () => {
  expect(editConfig(parsed("import { defineConfig } from '@playwright/experimental-ct-react';"), alone)).toEqual({
    kind: 'component-tests',
  });
  expect(editConfig(parsed("export default { reporter: [['@quality-hub/reporters']] };"), alone)).toEqual({
    kind: 'set-up',
  });
});
