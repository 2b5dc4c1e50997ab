/** A project as a user has it: outside of the workspace, installed with npm or pnpm from tarballs. */
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Packed } from './pack-packages.ts';
import { type Ended, runCommand } from './run-command.ts';

export type ModuleKind = 'module' | 'commonjs';
export type Installer = 'npm' | 'pnpm';

export interface ProjectOptions {
  /** Version of `@playwright/test`. @default the one this repository is developed with */
  readonly playwright?: string;
  /** @default 'npm' */
  readonly installer?: Installer;
}

const CONFIG = `import { defineConfig } from '@playwright/test';
import { reporters } from '@quality-hub/reporters/config';

export default defineConfig({
  testMatch: '*.spec.ts',
  reporter: reporters([['list']]),
  use: { baseURL: process.env.USER_BASE_URL, launchOptions: JSON.parse(process.env.USER_LAUNCH_OPTIONS ?? '{}') },
});
`;

/** What a user names; npm and pnpm find the rest by what these need. */
const NAMED = ['test', 'reporters', 'cli'].map(name => `@quality-hub/${name}`);

export class UserProject {
  readonly folder: string;
  readonly #installer: Installer;
  readonly #playwright: string;
  #kind: ModuleKind;

  constructor(kind: ModuleKind, { playwright = pinned('@playwright/test'), installer = 'npm' }: ProjectOptions = {}) {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), `quality-hub-user-${kind}-`)));
    this.#kind = kind;
    this.#installer = installer;
    this.#playwright = playwright;
    this.write('package.json', JSON.stringify({ name: 'a-users-suite', private: true, type: kind }));
    this.write('tsconfig.json', JSON.stringify({ compilerOptions: TSCONFIG, include: ['*.ts'] }));
    this.write('playwright.config.ts', CONFIG);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** `node` is the folder of the Node to run on. @default the one of this process */
  run(
    command: string,
    args: readonly string[],
    { node, ...env }: NodeJS.ProcessEnv & { node?: string } = {},
  ): Promise<Ended> {
    const on = node === undefined ? {} : { node };
    return runCommand(command, args, { cwd: this.folder, env: { CI: '', FORCE_COLOR: '0', ...env }, ...on });
  }

  /** Runs a command of an installed package, without the second that `npx` takes to find it. */
  runInstalled(
    command: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv & { node?: string } = {},
  ): Promise<Ended> {
    return this.run(join(this.folder, 'node_modules', '.bin', command), args, env);
  }

  /** Installs our tarballs, Playwright and TypeScript. */
  install(packed: readonly Packed[], more: readonly string[] = []): Promise<Ended> {
    const wanted: Record<string, string> = {
      '@playwright/test': this.#playwright,
      typescript: pinned('typescript'),
      '@types/node': pinned('@types/node'),
    };
    const tarballs = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
    // What ours need of each other is in no registry yet. npm takes the copy that is there for all of them; pnpm is told.
    const ours = this.#installer === 'npm' ? Object.entries(tarballs) : NAMED.map(name => [name, tarballs[name]]);
    const manifest = {
      name: 'a-users-suite',
      private: true,
      type: this.#kind,
      devDependencies: { ...wanted, ...Object.fromEntries(ours) },
      ...(this.#installer === 'pnpm' ? { pnpm: { overrides: tarballs } } : {}),
    };
    this.write('package.json', JSON.stringify(manifest));
    if (this.#installer === 'npm') {
      return this.run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...more]);
    }
    return this.run('npx', ['--yes', packageManager(), 'install', '--prefer-offline', ...more]);
  }

  /** Turns the installed project into one of the other kind. */
  become(kind: ModuleKind): void {
    const manifest = JSON.parse(readFileSync(join(this.folder, 'package.json'), 'utf8')) as object;
    this.#kind = kind;
    this.write('package.json', JSON.stringify({ ...manifest, type: kind }));
  }

  /** Every installed copy of a package, also nested ones. */
  copiesOf(name: string): string[] {
    return readdirSync(join(this.folder, 'node_modules'), { recursive: true, encoding: 'utf8' })
      .map(path => path.split('\\').join('/'))
      .filter(path => path === `${name}/package.json` || path.endsWith(`node_modules/${name}/package.json`));
  }

  /** Removes what runs left behind. */
  clear(): void {
    for (const name of OUTPUT) rmSync(join(this.folder, name), { recursive: true, force: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Where the runs of a project leave something. */
export const OUTPUT = ['.quality-hub', 'test-results', 'playwright-report', 'results.json'] as const;

const TSCONFIG = {
  target: 'es2023',
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  strict: true,
  noEmit: true,
  // The declarations we ship are checked too.
  skipLibCheck: false,
};

function readRoot(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), 'utf8');
}

function packageManager(): string {
  return JSON.parse(readRoot('package.json')).packageManager;
}

/** The version this repository is developed with. */
export function pinned(name: string): string {
  const found = new RegExp(`^ +["']?${name}["']?: (.+)$`, 'm').exec(readRoot('pnpm-workspace.yaml'))?.[1];
  if (!found) throw new Error(`pnpm-workspace.yaml names no version of ${name} in its catalog`);
  return found;
}
