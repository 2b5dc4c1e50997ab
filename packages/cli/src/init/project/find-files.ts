/** The files of a project that can be concerned, found by their names and by one word in them. */
import { execFile } from 'node:child_process';
import { type Dirent, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';
import { LEFT_OUT } from '../../doctor/fixture-scan/source-files.ts';
import { OUR_TEST, PLAYWRIGHT } from '../edits/edit-imports.ts';

const CONFIG = /^playwright.*\.config\.[cm]?[jt]s$/;
const SOURCE = /(?<!\.d)\.([cm]?[jt]s|[jt]sx)$/;

export interface FoundFiles {
  /** Playwright configurations. */
  readonly configs: readonly string[];
  /** Other files that name `@playwright/test`. */
  readonly sources: readonly string[];
  /** True where a file names `@quality-hub/test` already. */
  readonly hasOurTest: boolean;
  /** Configurations that are links out of the project, and what they lead to. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
}

/**
 * Looks below `root`, in the order of names. Installed, built, hidden and git-ignored files are left out. Links are not
 * followed: what they lead to inside of the project is found under its own name.
 */
export async function findFiles(root: string): Promise<FoundFiles> {
  const ignored = await ignoredBelow(root);
  const configs: string[] = [];
  const sources: string[] = [];
  const links: { path: string; target: string }[] = [];
  let hasOurTest = false;
  const folders = [root];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (ignored.has(path)) continue;
      if (entry.isDirectory()) {
        if (!entry.name.startsWith('.') && !LEFT_OUT.has(entry.name)) folders.push(path);
      } else if (CONFIG.test(entry.name)) {
        if (entry.isFile()) configs.push(path);
        else if (entry.isSymbolicLink()) links.push(...linkOut(root, path));
      } else if (entry.isFile() && SOURCE.test(entry.name)) {
        const text = readFileSync(path);
        if (text.includes(PLAYWRIGHT)) sources.push(path);
        hasOurTest ||= text.includes(OUR_TEST);
      }
    }
  }
  return { configs, sources, hasOurTest, links };
}

function linkOut(root: string, path: string): { path: string; target: string }[] {
  try {
    const target = realpathSync(path);
    return target.startsWith(root + sep) ? [] : [{ path, target }];
  } catch {
    return []; // It leads nowhere: Playwright cannot read it either.
  }
}

/** What git ignores below `root`; nothing where there is no git. */
async function ignoredBelow(root: string): Promise<ReadonlySet<string>> {
  const args = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'];
  const output = await git(root, args);
  const paths = (output ?? '').split('\0').filter(path => path !== '');
  return new Set(paths.map(path => join(root, path.replace(/\/$/, ''))));
}

/** What git says in `cwd`, or undefined where it fails, is missing, or this is no repository. */
export async function git(cwd: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', [...args], { cwd, maxBuffer: 1 << 28 });
    return stdout;
  } catch {
    return undefined;
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch {
    return []; // A folder that may not be read holds no tests of ours.
  }
}
