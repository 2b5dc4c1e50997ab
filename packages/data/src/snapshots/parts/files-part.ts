/** A folder, or one file, as a part of a snapshot. */
import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, lstat, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SnapshotError } from '../errors.ts';
import type { ReadablePart, SavedEntry, SnapshotPart } from '../snapshot-part.ts';

export interface FilesPartOptions {
  /** A folder or a file; it may be missing, and is missing again after a restore then. */
  readonly path: string;
}

type Kind = 'file' | 'folder' | 'link';
interface Facts {
  readonly kind: Kind;
  /** Permissions. */
  readonly mode: number;
}

/** The entry of the path itself. */
const ROOT = '.';
const OLD = '.qh-old-';
const NEW = '.qh-new-';

/**
 * Files, folders and symbolic links with their permissions. A restore is made beside the path and takes its place in one step:
 * after a kill there is the old one or the new one. A program that keeps a file open keeps the old one.
 */
export function filesPart(options: FilesPartOptions): SnapshotPart {
  const root = resolve(options.path);
  return {
    kind: 'files',
    async save(writer) {
      await recover(root);
      for await (const { name, path, kind, mode } of everythingIn(root)) {
        const content = kind === 'file' ? createReadStream(path) : kind === 'link' ? [await readlink(path)] : [];
        await writer.write(name, content, { facts: { kind, mode } });
      }
      return undefined;
    },
    async load(saved) {
      await recover(root);
      const fresh = beside(root, NEW);
      try {
        await build(saved, fresh);
        await replace(root, fresh, saved.entries.length > 0);
      } finally {
        await rm(fresh, { recursive: true, force: true });
      }
    },
  };
}

interface Found extends Facts {
  readonly name: string;
  readonly path: string;
}

async function* everythingIn(root: string, name: string = ROOT): AsyncIterable<Found> {
  const path = join(root, name);
  const facts = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && name === ROOT) return undefined;
    throw error;
  });
  if (!facts) return;
  const kind = facts.isSymbolicLink() ? 'link' : facts.isDirectory() ? 'folder' : facts.isFile() ? 'file' : undefined;
  if (kind === undefined)
    throw new SnapshotError(
      'QH_SNAPSHOT_PART',
      `${path} is a socket, a pipe or a device, which cannot be saved`,
      'Move it out of the folder of the snapshot',
    );
  yield { name, path, kind, mode: facts.mode & 0o7777 };
  if (kind !== 'folder') return;
  for (const child of (await readdir(path)).sort())
    yield* everythingIn(root, name === ROOT ? child : `${name}/${child}`);
}

async function build(saved: ReadablePart, fresh: string): Promise<void> {
  const folders: { path: string; mode: number }[] = [];
  for (const entry of saved.entries) {
    const path = placeOf(fresh, entry);
    const { kind, mode } = entry.facts as unknown as Facts;
    if (kind === 'folder') {
      await mkdir(path);
      folders.push({ path, mode });
    } else if (kind === 'link') {
      let target = '';
      for await (const piece of saved.read(entry)) target += piece.toString();
      await symlink(target, path);
    } else {
      await pipeline(Readable.from(saved.read(entry)), createWriteStream(path));
      await chmod(path, mode);
    }
  }
  // At last, and the innermost first: into a folder without the right to write nothing can be put.
  for (const { path, mode } of folders.toReversed()) await chmod(path, mode);
}

/** Never outside of the folder, whatever a damaged record says. */
function placeOf(fresh: string, { name }: SavedEntry): string {
  const path = resolve(fresh, name);
  if (path === fresh || path.startsWith(fresh + sep)) return path;
  throw new SnapshotError(
    'QH_SNAPSHOT_TORN',
    `The snapshot names a file outside of its folder: ${name}`,
    'Take it again',
  );
}

async function replace(root: string, fresh: string, exists: boolean): Promise<void> {
  const old = beside(root, OLD);
  await rename(root, old).catch(ignoreMissing);
  if (exists) await rename(fresh, root);
  await rm(old, { recursive: true, force: true });
}

/** What a killed restore has left: the old one goes back where nothing has taken its place. */
async function recover(root: string): Promise<void> {
  const folder = dirname(root);
  const names = (await readdir(folder).catch((): string[] => [])).filter(name => !isOfSomebody(name));
  for (const name of names.filter(each => each.startsWith(basename(root) + OLD)).sort()) {
    if (await isThere(root)) await rm(join(folder, name), { recursive: true, force: true });
    else await rename(join(folder, name), root);
  }
  for (const name of names.filter(each => each.startsWith(basename(root) + NEW)))
    await rm(join(folder, name), { recursive: true, force: true });
}

function beside(root: string, mark: string): string {
  return `${root}${mark}${process.pid}-${randomBytes(4).toString('hex')}`;
}

/** A restore that still runs has it, in this process or in another. */
function isOfSomebody(name: string): boolean {
  const pid = Number(/-(\d+)-[0-9a-f]{8}$/.exec(name)?.[1]);
  if (Number.isNaN(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
