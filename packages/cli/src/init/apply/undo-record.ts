/** Keeps what files were before `init` changed them, in `.quality-hub/init/<number>`. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { InitError } from '../../errors.ts';
import { writeAtomically } from './write-atomically.ts';

const RECORD = 'record.json';

export interface KeptFile {
  readonly path: string;
  /** Digest of what `init` wrote. */
  readonly after: string;
  /** Digest and copy of what was there; absent where there was no file. */
  readonly before?: { readonly digest: string; readonly copy: string };
}

export class UndoRecord {
  readonly folder: string;
  readonly files: readonly KeptFile[];

  private constructor(folder: string, files: readonly KeptFile[]) {
    this.folder = folder;
    this.files = files;
  }

  /** Copies what is there, before anything is changed. */
  static keep(
    hubFolder: string,
    files: readonly { path: string; before: Uint8Array | undefined; after: Uint8Array }[],
  ): UndoRecord {
    const number = (numbersIn(hubFolder).at(-1) ?? 0) + 1;
    const record = new UndoRecord(
      join(hubFolder, 'init', String(number)),
      files.map(({ path, before, after }, index) => {
        // The ending keeps a copy of a test from being taken for a test.
        const copy = `${index + 1}-${basename(path)}.before`;
        return { path, after: digest(after), ...(before ? { before: { digest: digest(before), copy } } : {}) };
      }),
    );
    mkdirSync(dirname(record.folder), { recursive: true });
    mkdirSync(record.folder); // It fails where another init has just made it: that record is not ours.
    try {
      for (const [index, { before }] of files.entries()) {
        const copy = record.files[index]?.before?.copy;
        if (before && copy) writeFileSync(join(record.folder, copy), before);
      }
      record.#write();
      return record;
    } catch (error) {
      record.remove();
      throw error;
    }
  }

  /** The record of the last `init`, or undefined. @throws {InitError} (`QH_INIT`) if it cannot be read. */
  static last(hubFolder: string): UndoRecord | undefined {
    const number = numbersIn(hubFolder).at(-1);
    if (number === undefined) return undefined;
    const folder = join(hubFolder, 'init', String(number));
    try {
      const { files } = JSON.parse(readFileSync(join(folder, RECORD), 'utf8')) as { files: KeptFile[] };
      return new UndoRecord(
        folder,
        files.map(file => ({ ...file, path: resolve(folder, file.path) })),
      );
    } catch (error) {
      throw new InitError(
        `The record in ${folder} cannot be read: ${(error as Error).message}`,
        'The files as they were lie beside it',
      );
    }
  }

  /** The bytes that were there. @throws {InitError} (`QH_INIT`) if the copy is not what was kept. */
  contentOf({ path, before }: KeptFile): Uint8Array | undefined {
    if (!before) return undefined;
    const copy = this.copyOf(before);
    const content = existsSync(copy) ? readFileSync(copy) : undefined;
    if (content && digest(content) === before.digest) return content;
    throw new InitError(`The copy of ${path} in ${copy} is gone or changed`, 'Restore the file from version control');
  }

  copyOf({ copy }: { readonly copy: string }): string {
    return join(this.folder, copy);
  }

  /** Forgets all but `files`; with none left, the record and the folders that are empty then go too. */
  keepOnly(files: readonly KeptFile[]): void {
    if (files.length === 0) this.remove();
    else new UndoRecord(this.folder, files).#write();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
    for (const folder of [dirname(this.folder), dirname(dirname(this.folder))]) {
      if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
    }
  }

  /** Paths are kept as seen from the record: the project may be moved. */
  #write(): void {
    const files = this.files.map(file => ({ ...file, path: relative(this.folder, file.path) }));
    writeAtomically(join(this.folder, RECORD), Buffer.from(`${JSON.stringify({ version: 1, files }, null, 2)}\n`));
  }
}

export function digest(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function numbersIn(hubFolder: string): number[] {
  const folder = join(hubFolder, 'init');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .sort((one, other) => one - other);
}
