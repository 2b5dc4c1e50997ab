/** Flags in a file. It is looked at again when flags are asked for, and what is wrong with an edit keeps the flags as they were. */
import { basename } from 'node:path';
import type { FlagFileError } from '../errors.ts';
import type { FlagContext, FlagProvider, FlagResolution, FlagValue } from '../provider.ts';
import { DefinedFlags } from './defined-flags.ts';
import type { FlagDefinitions } from './definition.ts';
import { type FileStamp, loadFlagFile, stampOf } from './load-flag-file.ts';

export interface FileProviderOptions {
  /** Ends in `.json`, or is read as YAML. */
  readonly path: string;
  /** The file is not looked at more often than this, snapshots aside, in milliseconds. @default 1000 */
  readonly lookEveryMs?: number;
  /** An edit counts when the file has not been written to for so long, in milliseconds: editors write in pieces. @default 100 */
  readonly settleMs?: number;
  /** Hears of an edit that is wrong, once for each; the flags stay as they were before. */
  readonly onBrokenEdit?: (error: FlagFileError) => void;
  /** Wall clock: it is compared with the times of the file. @default Date.now */
  readonly now?: () => number;
}

/**
 * A provider of the flags in a file, also for OpenFeature: `await OpenFeature.setProviderAndWait(createFileProvider({ path }))`.
 *
 * The first use loads the file, and fails with everything that is wrong with it (`QH_FLAG_FILE`). Nothing watches and no
 * timer runs.
 */
export function createFileProvider(options: FileProviderOptions): FileProvider {
  return new FileProvider(options);
}

export class FileProvider implements FlagProvider {
  readonly metadata: { readonly name: string };
  readonly runsOn = 'server';
  readonly #options: Required<FileProviderOptions>;
  #current: { readonly stamp: FileStamp; readonly flags: DefinedFlags } | undefined;
  /** The edit that was found to be wrong, and told. */
  #broken: FileStamp = NONE;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<DefinedFlags> | undefined;

  constructor({
    path,
    lookEveryMs = 1_000,
    settleMs = 100,
    onBrokenEdit = () => {},
    now = Date.now,
  }: FileProviderOptions) {
    this.metadata = { name: basename(path) };
    this.#options = { path, lookEveryMs, settleMs, onBrokenEdit, now };
  }

  /** The flags as they were read last; none before the first use. */
  get known(): FlagDefinitions {
    return this.#current?.flags.known ?? new Map();
  }

  /** @throws {FlagFileError} (`QH_FLAG_FILE`) */
  async initialize(): Promise<void> {
    await this.snapshot();
  }

  /** The flags of the file as it is now. @throws {FlagFileError} (`QH_FLAG_FILE`) if there were never any. */
  snapshot(): Promise<DefinedFlags> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async resolveBooleanEvaluation(
    flag: string,
    otherwise: boolean,
    context: FlagContext,
  ): Promise<FlagResolution<boolean>> {
    return (await this.#recent()).resolveBooleanEvaluation(flag, otherwise, context);
  }

  async resolveStringEvaluation(
    flag: string,
    otherwise: string,
    context: FlagContext,
  ): Promise<FlagResolution<string>> {
    return (await this.#recent()).resolveStringEvaluation(flag, otherwise, context);
  }

  async resolveNumberEvaluation(
    flag: string,
    otherwise: number,
    context: FlagContext,
  ): Promise<FlagResolution<number>> {
    return (await this.#recent()).resolveNumberEvaluation(flag, otherwise, context);
  }

  async resolveObjectEvaluation<T extends FlagValue>(
    flag: string,
    otherwise: T,
    context: FlagContext,
  ): Promise<FlagResolution<T>> {
    return (await this.#recent()).resolveObjectEvaluation(flag, otherwise, context);
  }

  async #recent(): Promise<DefinedFlags> {
    const { lookEveryMs, now } = this.#options;
    const isRecent = this.#current !== undefined && now() - this.#lookedAt < lookEveryMs;
    return isRecent && this.#current ? this.#current.flags : this.snapshot();
  }

  async #look(): Promise<DefinedFlags> {
    const { path, settleMs, now, onBrokenEdit } = this.#options;
    const before = this.#current;
    if (before === undefined) return this.#load();
    this.#lookedAt = now();
    let stamp = GONE;
    try {
      stamp = await stampOf(path);
      const isKnown = isSame(stamp, before.stamp) || isSame(stamp, this.#broken);
      // Who writes may not be done: a piece of a file can be a file as well, with fewer flags.
      if (isKnown || now() - stamp.mtimeMs < settleMs) return before.flags;
      return await this.#load();
    } catch (error) {
      if (!isSame(stamp, this.#broken)) onBrokenEdit(error as FlagFileError);
      this.#broken = stamp;
      return before.flags;
    }
  }

  async #load(): Promise<DefinedFlags> {
    const { stamp, definitions } = await loadFlagFile(this.#options.path);
    const flags = new DefinedFlags(this.metadata.name, definitions);
    this.#current = { stamp, flags };
    this.#broken = NONE;
    this.#lookedAt = this.#options.now();
    return flags;
  }
}

const NONE: FileStamp = { mtimeMs: -1, size: -1, ino: -1 };
/** Of a file that is not there any more. */
const GONE: FileStamp = { mtimeMs: -2, size: -1, ino: -1 };

function isSame(one: FileStamp, other: FileStamp): boolean {
  return one.mtimeMs === other.mtimeMs && one.size === other.size && one.ino === other.ino;
}
