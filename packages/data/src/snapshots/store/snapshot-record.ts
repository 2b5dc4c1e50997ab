/** What is written about one snapshot: which contents it is made of. The contents are in the {@link ContentStore}. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digest } from '@quality-hub/protocol';
import { SnapshotError } from '../errors.ts';
import type { SavedPart } from '../snapshot-part.ts';
import { flushed } from './content-store.ts';

/** Grows with every change of what is written. */
export const SNAPSHOT_FORMAT = 1;

export interface SnapshotRecord {
  readonly format: number;
  readonly name: string;
  /** Of what is in it, as its owner counts. */
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly parts: readonly SavedPart[];
}

/** A record and where it is. */
export interface FoundRecord {
  readonly name: string;
  readonly path: string;
  readonly savedAt: number;
}

/** All records of a folder: one folder for each name, one file for each saving. */
export class SnapshotRecords {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(record: SnapshotRecord): Promise<void> {
    const folder = join(this.#folder, encodeURIComponent(record.name));
    await mkdir(folder, { recursive: true });
    const text = JSON.stringify(record);
    const name = `${String(record.savedAt).padStart(15, '0')}-${randomBytes(4).toString('hex')}.json`;
    const unfinished = join(folder, `.${name}`);
    await writeFile(unfinished, `{"digest":"${digest(text)}","snapshot":${text}}\n`);
    await flushed(unfinished);
    await rename(unfinished, join(folder, name));
  }

  /** The newest first. */
  async list(name?: string): Promise<readonly FoundRecord[]> {
    const names = name === undefined ? await namesIn(this.#folder) : [encodeURIComponent(name)];
    const found: FoundRecord[] = [];
    for (const folder of names) {
      for (const file of await namesIn(join(this.#folder, folder))) {
        const savedAt = Number(/^(\d{15})-[0-9a-f]{8}\.json$/.exec(file)?.[1]);
        if (Number.isNaN(savedAt)) continue;
        found.push({ name: decodeURIComponent(folder), path: join(this.#folder, folder, file), savedAt });
      }
    }
    return found.sort((a, b) => b.savedAt - a.savedAt || (a.path < b.path ? 1 : -1));
  }

  /** @throws {SnapshotError} (`QH_SNAPSHOT_TORN`, `QH_SNAPSHOT_VERSION`) */
  async read({ name, path }: FoundRecord): Promise<SnapshotRecord> {
    const record = wholeRecord(await readFile(path, 'utf8').catch(() => ''));
    if (record === undefined)
      throw new SnapshotError(
        'QH_SNAPSHOT_TORN',
        `The snapshot "${name}" is damaged: ${path}`,
        'Take the snapshot again, or remove the file to use the one saved before it',
      );
    if (record.format > SNAPSHOT_FORMAT)
      throw new SnapshotError(
        'QH_SNAPSHOT_VERSION',
        `The snapshot "${name}" was written in format ${record.format}, and this version of Quality Hub reads ${SNAPSHOT_FORMAT}`,
        'Use the newer version, or take the snapshot again',
      );
    return record;
  }

  async remove({ path }: FoundRecord): Promise<void> {
    await rm(path, { force: true });
  }
}

function wholeRecord(text: string): SnapshotRecord | undefined {
  const [, said, inner] = /^\{"digest":"([0-9a-f]{64})","snapshot":(.*)\}\n$/s.exec(text) ?? [];
  return inner !== undefined && digest(inner) === said ? (JSON.parse(inner) as SnapshotRecord) : undefined;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
