/** Masks a zip file: traces, archives of requests, what a shard hands on, the data inside of a report's page. */
import { createWriteStream, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Mask } from '@quality-hub/telemetry';
import { ArchiveError } from '../errors.ts';
import { isZip, type ZipMember } from '../zip/zip-layout.ts';
import { ZipReader } from '../zip/zip-reader.ts';
import { ZipWriter } from '../zip/zip-writer.ts';
import { digestIn, digestOf, digestOfFile, namesAny, renamed, renameInFile } from './digests.ts';
import { maskBytes } from './mask-bytes.ts';

/** A larger member is unpacked into a file and masked there. */
const LARGEST_IN_MEMORY = 8 * 1024 * 1024;

export interface MaskArchiveOptions {
  readonly mask: Mask;
  /** New names of files beside the archive that are named in it, by their old ones. */
  readonly renames?: ReadonlyMap<string, string>;
  /** Asked between members. Throws to stop: the archive is then as it was. */
  readonly checkpoint?: () => void;
}

export interface MaskedArchive {
  readonly members: number;
  /** Members with another content than before. */
  readonly changed: number;
}

/** Masks a file in place: what {@link maskArchive} does with members that are archives, or too large for memory. */
export type MaskInner = (path: string) => Promise<boolean>;

/**
 * Rewrites the archive at `path` in place, at once. Members without a secret are copied as they stand; those with one are
 * packed again. A member whose name is a digest of its clear content gets a new name, since anybody could test guesses with
 * the old one, and whoever names it names the new one. The memory needed does not grow with the archive.
 *
 * @throws {ArchiveError} (`QH_ARCHIVE`) if it cannot be read; it is then as it was.
 */
export async function maskArchive(path: string, options: MaskArchiveOptions, inner: MaskInner): Promise<MaskedArchive> {
  const work = new ArchiveWork(path, options);
  try {
    for (const member of work.members) {
      if (member.sizeBytes <= LARGEST_IN_MEMORY && !work.isArchive(member)) work.look(member);
      else await work.lookInFile(member, inner);
    }
    for (const member of work.waiting) await work.finish(member);
    return work.end();
  } catch (error) {
    work.abandon();
    throw error;
  }
}

/**
 * As {@link maskArchive}, without giving way to anything else: for a worker that is about to announce the file.
 *
 * Undefined, and nothing is changed, where a member has more than 8 MiB, also one of an archive in it: that takes too long there.
 */
export function maskArchiveAtOnce(path: string, options: MaskArchiveOptions): MaskedArchive | undefined {
  const work = new ArchiveWork(path, options);
  try {
    if (work.members.some(member => member.sizeBytes > LARGEST_IN_MEMORY)) throw TOO_LARGE;
    for (const member of work.members) work.look(member);
    for (const member of work.waiting) work.finishSmall(member);
    return work.end();
  } catch (error) {
    work.abandon();
    if (error === TOO_LARGE) return undefined;
    throw error;
  }
}

const TOO_LARGE = Symbol('too large to be masked at once');

class ArchiveWork {
  readonly #path: string;
  readonly #beside: string;
  readonly #options: MaskArchiveOptions;
  readonly #zip: ZipReader;
  readonly #renames: Map<string, string>;
  readonly #digests: ReadonlySet<string>;
  /** Members that name others wait until all new names are known. */
  readonly waiting: ZipMember[] = [];
  /** Content of members that are masked in a file of their own. */
  readonly #files = new Map<ZipMember, { readonly path: string; changed: boolean }>();
  #same: ZipMember[] = [];
  #writer: ZipWriter | undefined;
  #changed = 0;

  constructor(path: string, options: MaskArchiveOptions) {
    this.#path = path;
    this.#beside = `${path}.${process.pid}.masked`;
    this.#options = options;
    this.#zip = new ZipReader(path);
    this.#renames = new Map(options.renames);
    this.#digests = new Set([...this.members.flatMap(({ name }) => digestIn(name) ?? []), ...this.#renames.keys()]);
  }

  get members(): readonly ZipMember[] {
    return this.#zip.members;
  }

  isArchive(member: ZipMember): boolean {
    if (member.compressedBytes < 22 || member.sizeBytes < 22) return false;
    if (/\.(?:zip|har\.zip)$/i.test(member.name)) return true;
    return isZip(this.#zip.beginning(member, 4));
  }

  look(member: ZipMember): void {
    this.#options.checkpoint?.();
    const bytes = this.#zip.bytes(member);
    const masked = this.#masked(member, bytes);
    if (masked !== bytes) this.#rename(member, () => digestOf(masked));
    if (this.#namesOthers(member, bytes)) this.waiting.push(member);
    else if (masked === bytes) this.#keep(member);
    else this.#write(member, masked);
  }

  async lookInFile(member: ZipMember, inner: MaskInner): Promise<void> {
    this.#options.checkpoint?.();
    const path = `${this.#beside}.${this.#files.size}`;
    const file = { path, changed: false };
    this.#files.set(member, file);
    if (member.compressedBytes === 0) writeFileSync(path, '');
    else await pipeline(this.#zip.stream(member), createWriteStream(path, { mode: 0o600 }));
    file.changed = await inner(path).catch((error: unknown) => {
      // What is called an archive and cannot be read is bytes like any other.
      if (!(error instanceof ArchiveError) || member.sizeBytes > LARGEST_IN_MEMORY) throw error;
      const bytes = readFileSync(path);
      const masked = maskBytes(bytes, this.#options);
      if (masked !== bytes) writeFileSync(path, masked);
      return masked !== bytes;
    });
    if (file.changed) this.#rename(member, () => digestOfFile(path));
    // Names of this archive do not stand in one that lies in it.
    if (this.#digests.size > 0 && !this.isArchive(member)) this.waiting.push(member);
    else await this.finish(member);
  }

  async finish(member: ZipMember): Promise<void> {
    const file = this.#files.get(member);
    if (file === undefined) return this.finishSmall(member);
    this.#options.checkpoint?.();
    const renamed = this.isArchive(member) ? false : renameInFile(file.path, this.#renames);
    if (file.changed || renamed) {
      this.#changed++;
      const name = this.#nameOf(member);
      if (!this.#started().has(name)) await this.#started().file(name, file.path, member);
    } else this.#keep(member);
    rmSync(file.path, { force: true });
    this.#files.delete(member);
  }

  finishSmall(member: ZipMember): void {
    this.#options.checkpoint?.();
    const bytes = this.#zip.bytes(member);
    const masked = renamed(maskBytes(bytes, this.#options), this.#renames);
    if (masked === bytes) this.#keep(member);
    else this.#write(member, masked);
  }

  end(): MaskedArchive {
    const result = { members: this.members.length, changed: this.#changed };
    this.#writer?.end();
    this.#zip.close();
    if (this.#writer) renameSync(this.#beside, this.#path);
    return result;
  }

  abandon(): void {
    for (const { path } of this.#files.values()) rmSync(path, { force: true });
    this.#writer?.close();
    this.#zip.close();
    if (this.#writer) rmSync(this.#beside, { force: true });
  }

  /** Names of this archive do not stand in one that lies in it. */
  #namesOthers(member: ZipMember, bytes: Buffer): boolean {
    return this.#digests.size > 0 && !this.isArchive(member) && namesAny(bytes, this.#digests);
  }

  #masked(member: ZipMember, bytes: Buffer): Buffer {
    if (!this.isArchive(member)) return maskBytes(bytes, this.#options);
    const path = `${this.#beside}.inner`;
    writeFileSync(path, bytes, { mode: 0o600 });
    try {
      const { mask } = this.#options;
      const done = maskArchiveAtOnce(path, { mask });
      if (done === undefined) throw TOO_LARGE;
      return done.changed > 0 ? readFileSync(path) : bytes;
    } catch (error) {
      if (error instanceof ArchiveError) return maskBytes(bytes, this.#options);
      throw error;
    } finally {
      rmSync(path, { force: true });
    }
  }

  #rename(member: ZipMember, digest: () => string): void {
    const old = digestIn(member.name);
    if (old !== undefined && !this.#renames.has(old)) this.#renames.set(old, digest());
  }

  #nameOf({ name }: ZipMember): string {
    const old = digestIn(name);
    const next = old === undefined ? undefined : this.#renames.get(old);
    return old === undefined || next === undefined ? name : name.replace(old, next);
  }

  #keep(member: ZipMember): void {
    if (this.#writer) this.#writer.copy(this.#zip, member);
    else this.#same.push(member);
  }

  #write(member: ZipMember, bytes: Buffer): void {
    this.#changed++;
    const name = this.#nameOf(member);
    // What differed only in its secret is the same now.
    if (!this.#started().has(name)) this.#started().bytes(name, bytes, member);
  }

  /** Nothing is written before there is a reason to. */
  #started(): ZipWriter {
    if (this.#writer) return this.#writer;
    this.#writer = new ZipWriter(this.#beside, lstatSync(this.#path).mode & 0o777);
    for (const member of this.#same) this.#writer.copy(this.#zip, member);
    this.#same = [];
    return this.#writer;
  }
}
