/** A folder outside of the workspace with our packages as users have them: built, packed and installed. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packPackages } from '../../packaging/pack-packages.ts';
import { UserProject } from '../../packaging/user-project.ts';

export interface BuiltProject extends Disposable {
  readonly dir: string;
  write(name: string, text: string): void;
}

/** The reporters of this folder that measured projects use. */
const REPORTERS = ['empty-reporter.mjs', 'timed-reporter.mjs'];

/** @throws {Error} if a package cannot be built or installed, with what was printed. */
export async function buildProject(): Promise<BuiltProject> {
  const tarballs = mkdtempSync(join(tmpdir(), 'quality-hub-packed-'));
  const project = new UserProject('module');
  try {
    const packed = await packPackages(tarballs);
    const { code, output } = await project.install(packed);
    if (code !== 0) throw new Error(`The packages cannot be installed:\n${output}`);
  } catch (error) {
    project.remove();
    throw error;
  } finally {
    rmSync(tarballs, { recursive: true, force: true });
  }
  for (const name of REPORTERS) {
    copyFileSync(fileURLToPath(new URL(`./${name}`, import.meta.url)), join(project.folder, name));
  }
  return {
    dir: project.folder,
    write: (name, text) => project.write(name, text),
    [Symbol.dispose]: () => project.remove(),
  };
}
