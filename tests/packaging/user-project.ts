/** A project as a user has it: outside of the workspace, installed with npm from tarballs. */
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ended, runCommand } from './run-command.ts';

export type ModuleKind = 'module' | 'commonjs';

const CONFIG = `import { defineConfig } from '@playwright/test';
import { reporters } from '@quality-hub/reporters/config';

export default defineConfig({
  testMatch: '*.spec.ts',
  reporter: reporters([['list']]),
  use: { baseURL: process.env.USER_BASE_URL, launchOptions: JSON.parse(process.env.USER_LAUNCH_OPTIONS ?? '{}') },
});
`;

export class UserProject {
  readonly folder: string;

  constructor(kind: ModuleKind) {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), `quality-hub-user-${kind}-`)));
    this.write('package.json', JSON.stringify({ name: 'a-users-suite', private: true, type: kind }));
    this.write('tsconfig.json', JSON.stringify({ compilerOptions: TSCONFIG, include: ['*.ts'] }));
    this.write('playwright.config.ts', CONFIG);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return runCommand(command, args, { cwd: this.folder, env: { CI: '', FORCE_COLOR: '0', ...env } });
  }

  /** Tarballs go in together: each finds the others' exact versions beside it. */
  install(tarballs: readonly string[]): Promise<Ended> {
    const fromRegistry = [
      `@playwright/test@${pinned('@playwright/test')}`,
      `typescript@${pinned('typescript')}`,
      `@types/node@${pinned('@types/node')}`,
    ];
    return this.run('npm', ['install', '--no-audit', '--no-fund', ...tarballs, ...fromRegistry]);
  }

  /** Every installed copy of a package, also nested ones. */
  copiesOf(name: string): string[] {
    return readdirSync(join(this.folder, 'node_modules'), { recursive: true, encoding: 'utf8' })
      .map(path => path.split('\\').join('/'))
      .filter(path => path === `${name}/package.json` || path.endsWith(`node_modules/${name}/package.json`));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

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

/** The version this repository is developed with. */
function pinned(name: string): string {
  const workspace = readFileSync(fileURLToPath(new URL('../../pnpm-workspace.yaml', import.meta.url)), 'utf8');
  const found = new RegExp(`^ +["']?${name}["']?: (.+)$`, 'm').exec(workspace)?.[1];
  if (!found) throw new Error(`pnpm-workspace.yaml names no version of ${name} in its catalog`);
  return found;
}
