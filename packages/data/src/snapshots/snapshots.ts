/** Saves what tests start from, and makes it so again: databases, files, keys, and whatever can save itself. */
import { closestName } from '@quality-hub/protocol';
import { ownProcess } from '../ledger/process-life.ts';
import { type CompareOptions, compareParts, type EntryDifference } from './compare/compare-snapshots.ts';
import { differenceText } from './compare/difference-text.ts';
import { SnapshotError } from './errors.ts';
import { RestoreMarks } from './restore-marks.ts';
import type { PartWriter, ReadablePart, SavedEntry, SavedPart, SnapshotPart } from './snapshot-part.ts';
import { ContentStore } from './store/content-store.ts';
import { type Retention, tidySnapshots } from './store/retention.ts';
import { type FoundRecord, SNAPSHOT_FORMAT, type SnapshotRecord, SnapshotRecords } from './store/snapshot-record.ts';

export interface SnapshotsOptions {
  /** Where they are kept, between runs: `.quality-hub/snapshots`. */
  readonly folder: string;
  /** What a snapshot is made of, by name. */
  readonly parts: Readonly<Record<string, SnapshotPart>>;
  /** Of what is saved, as its owner counts: a snapshot of another version is refused. @default 1 */
  readonly version?: number;
  readonly retention?: Retention;
  /** Wall clock, in milliseconds. @default Date.now */
  readonly now?: () => number;
}

export interface SnapshotFacts {
  readonly name: string;
  readonly version: number;
  readonly savedAt: Date;
  readonly parts: readonly string[];
  /** Before compression. */
  readonly sizeBytes: number;
}

export interface SnapshotDifference {
  readonly differences: readonly EntryDifference[];
  /** As a table for people. */
  readonly text: string;
}

export interface Snapshots {
  /** @throws {SnapshotError} (`QH_SNAPSHOT_PART`, `QH_SNAPSHOT_INTERRUPTED`) */
  save(name: string, options?: { readonly signal?: AbortSignal }): Promise<SnapshotFacts>;
  /**
   * Makes every part as it was. All of it is looked at before anything is changed. Where a part fails, those before it are
   * restored already, and the snapshot can be restored again.
   *
   * @throws {SnapshotError} (`QH_SNAPSHOT_MISSING`, `_TORN`, `_SCHEMA`, `_VERSION`, `_PART`)
   */
  restore(name: string, options?: { readonly signal?: AbortSignal }): Promise<void>;
  has(name: string): Promise<boolean>;
  diff(before: string, after: string, options?: CompareOptions): Promise<SnapshotDifference>;
  /** What is different now. Nothing is kept of it. */
  changes(since: string, options?: CompareOptions): Promise<SnapshotDifference>;
  /** The newest of each name, the newest first. Damaged ones are left out. */
  list(): Promise<readonly SnapshotFacts[]>;
  /** All that were saved under this name. Returns how many. */
  remove(name: string): Promise<number>;
}

export function openSnapshots(options: SnapshotsOptions): Snapshots {
  return new FolderOfSnapshots(options);
}

class FolderOfSnapshots implements Snapshots {
  readonly #parts: ReadonlyMap<string, SnapshotPart>;
  readonly #version: number;
  readonly #retention: Retention;
  readonly #now: () => number;
  readonly #records: SnapshotRecords;
  readonly #contents: ContentStore;
  readonly #marks: RestoreMarks;

  constructor({ folder, parts, version = 1, retention = {}, now = Date.now }: SnapshotsOptions) {
    this.#parts = new Map(Object.entries(parts));
    this.#version = version;
    this.#retention = retention;
    this.#now = now;
    this.#records = new SnapshotRecords(`${folder}/records`);
    this.#contents = new ContentStore(`${folder}/contents`, now);
    this.#marks = new RestoreMarks(`${folder}/restoring`);
  }

  async save(name: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<SnapshotFacts> {
    await this.#refuseInterrupted(name);
    const parts = await this.#saveParts(signal);
    const record = { format: SNAPSHOT_FORMAT, name, version: this.#version, savedAt: this.#now(), parts };
    await this.#records.write(record);
    await this.#tidy();
    return factsOf(record);
  }

  async restore(name: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const record = await this.#read(name);
    const parts = record.parts.map(part => this.#readable(part));
    await this.#check(record);
    for (const { entries } of parts)
      for (const { hash } of entries) {
        await this.#contents.touch(hash);
        await this.#contents.verify(hash);
      }
    const done = await this.#marks.set({ name, process: ownProcess(), parts: parts.map(part => part.name) });
    for (const part of parts) {
      signal?.throwIfAborted();
      await this.#loadPart(name, part, signal);
    }
    await done();
  }

  async has(name: string): Promise<boolean> {
    return (await this.#records.list(name)).length > 0;
  }

  async diff(before: string, after: string, options: CompareOptions = {}): Promise<SnapshotDifference> {
    return this.#compare((await this.#read(before)).parts, (await this.#read(after)).parts, options);
  }

  async changes(since: string, options: CompareOptions = {}): Promise<SnapshotDifference> {
    const before = (await this.#read(since)).parts;
    return this.#compare(before, await this.#saveParts(), options);
  }

  async list(): Promise<readonly SnapshotFacts[]> {
    const newest = new Map<string, FoundRecord>();
    for (const found of await this.#records.list()) if (!newest.has(found.name)) newest.set(found.name, found);
    const records = await Promise.all(
      [...newest.values()].map(found => this.#records.read(found).catch(() => undefined)),
    );
    return records.filter(record => record !== undefined).map(factsOf);
  }

  async remove(name: string): Promise<number> {
    const found = await this.#records.list(name);
    for (const each of found) await this.#records.remove(each);
    await this.#tidy();
    return found.length;
  }

  async #saveParts(signal?: AbortSignal): Promise<readonly SavedPart[]> {
    const saved: SavedPart[] = [];
    for (const [name, part] of this.#parts) {
      signal?.throwIfAborted();
      const entries: SavedEntry[] = [];
      const writer: PartWriter = {
        write: async (entry, content, meta = {}) => {
          entries.push({ name: entry, ...(await this.#contents.put(content)), ...meta });
        },
      };
      const facts = await part.save(writer, signal);
      saved.push({ name, kind: part.kind, entries, ...(facts === undefined ? {} : { facts }) });
    }
    return saved;
  }

  async #loadPart(snapshot: string, part: ReadablePart, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#parts.get(part.name)?.load(part, signal);
    } catch (error) {
      if (error instanceof SnapshotError || signal?.aborted) throw error;
      throw new SnapshotError(
        'QH_SNAPSHOT_PART',
        `"${part.name}" of the snapshot "${snapshot}" was not restored: ${error instanceof Error ? error.message : String(error)}`,
        'Restore it again when the cause is gone',
        error,
      );
    }
  }

  /** Everything that stands against a restore, at once. */
  async #check({ name, version, parts }: SnapshotRecord): Promise<void> {
    if (version !== this.#version)
      throw new SnapshotError(
        'QH_SNAPSHOT_VERSION',
        `The snapshot "${name}" is of version ${version}, and version ${this.#version} is expected`,
        'Take the snapshot again',
      );
    const problems: string[] = [];
    for (const saved of parts) {
      const part = this.#parts.get(saved.name);
      if (!part) problems.push(`there is no part ${saved.name} now`);
      else if (part.kind !== saved.kind) problems.push(`${saved.name} was of kind ${saved.kind} and is ${part.kind}`);
      else problems.push(...((await part.check?.(saved)) ?? []).map(said => `${saved.name}: ${said}`));
    }
    if (problems.length === 0) return;
    throw new SnapshotError(
      'QH_SNAPSHOT_SCHEMA',
      `The snapshot "${name}" does not fit what is there now: ${problems.join('; ')}`,
      'Take the snapshot again; nothing was changed',
    );
  }

  async #refuseInterrupted(name: string): Promise<void> {
    const [mark] = (await this.#marks.interrupted()).filter(({ parts }) => parts.some(part => this.#parts.has(part)));
    if (!mark) return;
    throw new SnapshotError(
      'QH_SNAPSHOT_INTERRUPTED',
      `"${name}" was not saved: the restore of "${mark.name}" was killed half way by the end of process ${mark.process.pid}`,
      `Restore "${mark.name}" again first`,
    );
  }

  async #read(name: string): Promise<SnapshotRecord> {
    const [newest] = await this.#records.list(name);
    if (newest) return this.#records.read(newest);
    const names = [...new Set((await this.#records.list()).map(found => found.name))];
    const meant = closestName(name, names);
    throw new SnapshotError(
      'QH_SNAPSHOT_MISSING',
      `There is no snapshot "${name}"${meant ? `: did you mean "${meant}"?` : ''}`,
      names.length > 0 ? `There are ${names.join(', ')}` : 'Save one first',
    );
  }

  #compare(
    before: readonly SavedPart[],
    after: readonly SavedPart[],
    options: CompareOptions,
  ): Promise<SnapshotDifference> {
    const readable = (parts: readonly SavedPart[]) => parts.map(part => this.#readable(part));
    return compareParts(readable(before), readable(after), { ...options, parts: this.#parts }).then(differences => ({
      differences,
      text: differenceText(differences),
    }));
  }

  #readable(part: SavedPart): ReadablePart {
    return { ...part, read: ({ hash }) => this.#contents.read(hash) };
  }

  /** Never fails: it is for later. */
  async #tidy(): Promise<void> {
    const kept = { records: this.#records, contents: this.#contents, now: this.#now };
    await tidySnapshots(kept, this.#retention).catch(() => undefined);
  }
}

function factsOf({ name, version, savedAt, parts }: SnapshotRecord): SnapshotFacts {
  return {
    name,
    version,
    savedAt: new Date(savedAt),
    parts: parts.map(part => part.name),
    sizeBytes: parts.flatMap(({ entries }) => entries).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}
