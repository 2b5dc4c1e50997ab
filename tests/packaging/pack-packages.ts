/** Builds and packs every package that is published, and opens the shop, once for all tests of this folder. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { openShop } from './open-shop.ts';
import { runCommand } from './run-command.ts';

export interface Packed {
  readonly name: string;
  /** Its folder in the repository. */
  readonly folder: string;
  readonly tarball: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    readonly packed: readonly Packed[];
    readonly shopUrl: string;
  }
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const target = mkdtempSync(join(tmpdir(), 'quality-hub-packed-'));
  const packed = await packPackages(target);
  const shop = await openShop(ROOT);
  project.provide('packed', packed);
  project.provide('shopUrl', shop.url);
  return async () => {
    await shop.close();
    rmSync(target, { recursive: true, force: true });
  };
}

/** Builds every published package and packs it into the folder `target`. */
export async function packPackages(target: string): Promise<Packed[]> {
  const folders = publishedFolders();
  for (const folder of folders) removeOrphans(folder);
  // Forced: the compiler believes its notes, also where somebody has removed what it built.
  await mustSucceed('tsc', ['-b', '--force', ...folders], ROOT);
  const packed: Packed[] = [];
  for (const folder of folders) {
    const { stdout } = await mustSucceed('pnpm', ['pack', '--json', '--pack-destination', target], folder);
    // What the package's own build prints comes before the answer.
    const { name, filename } = JSON.parse(stdout.slice(stdout.search(/^\{/m))) as { name: string; filename: string };
    packed.push({ name, folder, tarball: filename });
  }
  return packed;
}

function publishedFolders(): string[] {
  const inside = readdirSync(join(ROOT, 'packages')).map(name => join(ROOT, 'packages', name));
  const folders = [...inside, join(ROOT, 'fixtures'), join(ROOT, 'reporters')];
  return folders.filter(folder => {
    const manifest = join(folder, 'package.json');
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).private !== true;
  });
}

/** The compiler leaves what it built from a source that is gone; packed, it would be published. */
function removeOrphans(folder: string): void {
  const dist = join(folder, 'dist');
  if (!existsSync(dist)) return;
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const built = join(entry.parentPath, entry.name);
    const source = built.replace(dist, join(folder, 'src')).replace(/(\.d\.ts|\.js\.map|\.js)$/, '.ts');
    if (!existsSync(source)) rmSync(built);
  }
}

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  tsc: [process.execPath, join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')],
  pnpm: ['npx', '--yes', JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).packageManager],
};

async function mustSucceed(program: string, args: readonly string[], cwd: string) {
  const [command = program, ...before] = PROGRAMS[program] ?? [];
  const ended = await runCommand(command, [...before, ...args], { cwd });
  if (ended.code !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with ${ended.code} in ${cwd}:\n${ended.output}`);
  return ended;
}
