/** Masks everything that a run has left in a folder. */
import { type Dirent, existsSync, mkdtempSync, readdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Mask } from '@quality-hub/telemetry';
import { ArchiveError, OutOfTimeError } from '../errors.ts';
import { digestIn, digestOfFile } from './digests.ts';
import { maskFile } from './mask-file.ts';
import { moveAway } from './move-away.ts';

export interface MaskArtifactsOptions {
  /**
   * After this long, in milliseconds, files are moved away instead. Infinity: no limit.
   * @default Infinity
   */
  readonly budgetMs?: number;
  /** Called before each file. */
  readonly onProgress?: (progress: MaskProgress) => void;
  /**
   * Where files go that could not be masked in time. It must not be uploaded.
   * @default a new folder below the system's temporary one, made when it is needed
   */
  readonly asideFolder?: string;
  /** @default performance.now */
  readonly now?: () => number;
}

export interface MaskProgress {
  readonly path: string;
  readonly done: number;
  readonly total: number;
}

/** Paths from the folder, in order. */
export interface MaskedArtifacts {
  /** Files that held something to mask. */
  readonly changed: readonly string[];
  /** Zip files that cannot be read, such as halves of a killed run: a secret may be in them. */
  readonly unread: readonly string[];
  /** Moved away, since there was no time left for them. */
  readonly aside: readonly { readonly path: string; readonly movedTo: string }[];
  /** Files and folders that could not be read or written; they are as they were. */
  readonly failed: readonly { readonly path: string; readonly reason: string }[];
}

/** What is shown or run keeps its words, such as `password: "` in the code of a page; only values are masked in it. */
const CODE = new Set(['.html', '.htm', '.js', '.mjs', '.cjs', '.css', '.map', '.svg', '.wasm', '.webmanifest']);
const PAGE = 'index.html';

/**
 * Rewrites each file that holds something to mask: texts, JSON and XML, traces and other zip files with what lies in them,
 * the HTML report with its data, one after the other and each at once. Links are not followed. A changed file in the `data`
 * folder of a report, whose name is a digest of what it held, gets a new name. Doing it again changes nothing.
 *
 * Not masked: pixels (screenshots, videos), and what is packed in another way than zip and gzip.
 */
export async function maskArtifacts(
  folder: string,
  mask: Mask,
  { budgetMs = Infinity, onProgress, asideFolder, now = () => performance.now() }: MaskArtifactsOptions = {},
): Promise<MaskedArtifacts> {
  const changed: string[] = [];
  const unread: string[] = [];
  const aside: { path: string; movedTo: string }[] = [];
  const failed: { path: string; reason: string }[] = [];
  const endsAt = now() + budgetMs;
  const checkpoint = (): void => {
    if (now() > endsAt) throw new OutOfTimeError(budgetMs);
  };
  const fail = (path: string, error: unknown): void => {
    failed.push({ path, reason: error instanceof Error ? error.message : String(error) });
  };
  const asideAt = (): string => {
    asideFolder ??= mkdtempSync(join(tmpdir(), 'quality-hub-aside-'));
    return asideFolder;
  };
  const paths = filesIn(folder, fail);
  const renames = new Map<string, string>();
  for (const [done, path] of paths.entries()) {
    onProgress?.({ path, done, total: paths.length });
    const file = join(folder, path);
    try {
      const shapes = !CODE.has(extname(path).toLowerCase());
      if (!(await maskFile(file, { mask, shapes, renames, checkpoint }))) continue;
      changed.push(isReportData(folder, path) ? join(dirname(path), rename(file, renames)) : path);
    } catch (error) {
      if (error instanceof OutOfTimeError) {
        try {
          aside.push({ path, movedTo: moveAway(file, join(asideAt(), path)) });
        } catch (reason) {
          fail(path, reason);
        }
      } else if (error instanceof ArchiveError) unread.push(path);
      else fail(path, error);
    }
    // Timers and signals have their turn.
    await setImmediate();
  }
  return { changed: changed.toSorted(), unread: unread.toSorted(), aside, failed };
}

/** Pages come last: they name the files of their data. */
function filesIn(folder: string, fail: (path: string, error: unknown) => void): string[] {
  const files: string[] = [];
  const walk = (below: string): void => {
    try {
      for (const entry of sorted(join(folder, below))) {
        const path = join(below, entry.name);
        if (entry.isDirectory()) walk(path);
        else if (entry.isFile()) files.push(path);
      }
    } catch (error) {
      fail(below === '' ? '.' : below, error);
    }
  };
  walk('');
  return [...files.filter(path => !isPage(path)), ...files.filter(isPage)];
}

function isPage(path: string): boolean {
  return basename(path) === PAGE;
}

function isReportData(folder: string, path: string): boolean {
  const parent = dirname(path);
  return basename(parent) === 'data' && existsSync(join(folder, dirname(parent), PAGE));
}

/** The name that the file has now. */
function rename(file: string, renames: Map<string, string>): string {
  const old = digestIn(basename(file));
  if (old === undefined) return basename(file);
  const next = renames.get(old) ?? digestOfFile(file);
  renames.set(old, next);
  const name = basename(file).replace(old, next);
  renameSync(file, join(dirname(file), name));
  return name;
}

function sorted(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}
