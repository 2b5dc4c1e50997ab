/** A folder of files as one object, to make it and to compare it byte for byte, for tests. */
import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export function writeTree(dir: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
}

/** Mode and bytes of every file below `dir`, and where every link leads; git's own folder is left out. */
export function readTree(dir: string): Record<string, string> {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true })
    .map(entry => ({ entry, path: join(entry.parentPath, entry.name) }))
    .filter(({ path }) => !relative(dir, path).startsWith('.git/') && path !== join(dir, '.git'));
  return Object.fromEntries(
    entries.map(({ entry, path }) => {
      const content = entry.isSymbolicLink()
        ? `-> ${readlinkSync(path)}`
        : entry.isDirectory()
          ? 'folder'
          : `${(statSync(path).mode & 0o777).toString(8)} ${readFileSync(path, 'latin1')}`;
      return [relative(dir, path), content] as const;
    }),
  );
}
