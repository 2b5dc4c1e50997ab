/** Writes the small project that a child run runs, where it finds the packages of the surrounding workspace. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { InlineRunError } from '../errors.ts';

/** Folder for the projects, in the outermost folder that has Playwright installed. Ignored by git. */
export const SCRATCH_FOLDER = '.scratch';

const DAY_MS = 86_400_000;

const DEFAULT_CONFIG = `import { defineConfig } from '@playwright/test';

export default defineConfig({ workers: 2, reporter: [['@quality-hub/reporters']] });
`;

/** A fresh folder below `<root>/.scratch`; what earlier, killed test runs left there for a day is removed. */
export function makeScratchFolder(from: string): string {
  const scratch = join(workspaceRoot(from), SCRATCH_FOLDER);
  mkdirSync(scratch, { recursive: true });
  for (const name of readdirSync(scratch)) {
    const old = join(scratch, name);
    if (isOlderThanADay(old)) rmSync(old, { recursive: true, force: true });
  }
  return mkdtempSync(join(scratch, 'run-'));
}

/**
 * Writes `files` into `dir`, by their paths from there. A `package.json` (an ES module) and a Playwright configuration
 * with our reporter are added where neither the files nor the folder have one.
 */
export function writeProject(dir: string, files: Readonly<Record<string, string>>): void {
  const defaults: Record<string, string> = {};
  if (!has(dir, files, /^package\.json$/)) defaults['package.json'] = '{ "private": true, "type": "module" }\n';
  if (!has(dir, files, /^playwright(-ct)?\.config\.[cm]?[jt]s$/)) defaults['playwright.config.ts'] = DEFAULT_CONFIG;
  for (const [path, content] of Object.entries({ ...defaults, ...files })) {
    const target = resolve(dir, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}

/** The CLI of the Playwright that `dir` itself would import. */
export function playwrightCli(dir: string): string {
  try {
    return createRequire(join(dir, 'package.json')).resolve('@playwright/test/cli');
  } catch (error) {
    throw noPlaywright(dir, error);
  }
}

/** The outermost folder above `from` with `@playwright/test` in its `node_modules`: in a workspace, its root. */
function workspaceRoot(from: string): string {
  let root: string | undefined;
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', '@playwright', 'test', 'package.json'))) root = folder;
    if (dirname(folder) === folder) break;
  }
  if (root === undefined) throw noPlaywright(from);
  return root;
}

function has(dir: string, files: Readonly<Record<string, string>>, name: RegExp): boolean {
  return [...Object.keys(files), ...(existsSync(dir) ? readdirSync(dir) : [])].some(path => name.test(path));
}

function isOlderThanADay(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > DAY_MS;
}

function noPlaywright(dir: string, cause?: unknown): InlineRunError {
  return new InlineRunError(`No @playwright/test can be found from ${dir}`, 'Install it there, or pass `dir`', cause);
}
