/** What a project is before and after `quality-hub init`, and the words that examples share. */

export interface Shape {
  readonly files: Readonly<Record<string, string>>;
  /** What changes; all other files stay as they are. */
  readonly after: Readonly<Record<string, string>>;
  /** What `init` says besides the changes. */
  readonly says?: readonly (string | RegExp)[];
  /** Runs of Playwright afterwards, each in a folder of the project. */
  readonly runs: readonly {
    readonly folder?: string;
    readonly args?: readonly string[];
    readonly env?: NodeJS.ProcessEnv;
    readonly passed: number;
    /** Name of the suite in the hub. @default 'default' */
    readonly project?: string;
    /** What the reporters of the project leave. */
    readonly leaves?: string;
    /** What the reporters of the project print. */
    readonly prints?: RegExp;
  }[];
  /** The compiler is asked too. */
  readonly types?: boolean;
}

/** Written by `init` for every package; the version is that of the command. */
export const VERSION = '0.0.0-version';

export const manifest = (head: string): string =>
  `{\n${head}  "private": true,\n  "devDependencies": {\n    "@playwright/test": "^1.62.0",\n    "typescript": "^5.0.0"\n  }\n}\n`;
export const manifestAfter = (head: string): string =>
  manifest(head).replace(
    '"^1.62.0",\n',
    `"^1.62.0",\n    "@quality-hub/cli": "^${VERSION}",\n    "@quality-hub/reporters": "^${VERSION}",\n    "@quality-hub/test": "^${VERSION}",\n`,
  );
export const ESM = '  "type": "module",\n';

export const lines = (...all: string[]): string => all.map(line => `${line}\n`).join('');

export const TSCONFIG = `${JSON.stringify({
  compilerOptions: { module: 'nodenext', target: 'es2023', types: ['node'], strict: true, noEmit: true },
})}\n`;

export const SPEC = lines(
  "import { test, expect } from '@playwright/test';",
  '',
  "test('two is two', () => {",
  '  expect(2).toBe(2);',
  '});',
);
export const SPEC_AFTER = SPEC.replace('@playwright/test', '@quality-hub/test');
export const REQUIRED_SPEC = SPEC.replace('import { test, expect } from ', 'const { test, expect } = require(').replace(
  "test';",
  "test');",
);
export const IMPORT = "import { reporters } from '@quality-hub/reporters/config';";
export const REQUIRE = "const { reporters } = require('@quality-hub/reporters/config');";
