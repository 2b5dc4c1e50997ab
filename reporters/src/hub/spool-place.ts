/** Where the events of a run are written: its own folder, and a temporary one where that fails. */
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorSentence } from '@quality-hub/protocol';
import {
  type HubFolder,
  hubFolderAt,
  markTemporaryHub,
  runSpoolFolder,
  SpoolWriter,
  TEMPORARY_HUB,
} from '@quality-hub/telemetry';

/** A temporary folder that failed is tried again only after this time. */
const RETRY_MS = 5_000;
/** What may wait in memory where no place can be written. */
const MOST_CHARS = 32 * 1024 * 1024;

export interface SpoolPlaceOptions {
  readonly home: HubFolder;
  readonly runId: string;
  readonly shard: number;
  /** Hears of each trouble once, in a sentence. */
  readonly onTrouble: (sentence: string) => void;
  /** Hears that the record goes on in another folder, or in the same one that was made again. */
  readonly onMoved: (folder: HubFolder) => void;
}

export class SpoolPlace {
  readonly spool: SpoolWriter;
  readonly #options: SpoolPlaceOptions;
  #folder: HubFolder;
  #retryAtMs = 0;

  /** @throws {SpoolError} (`QH_SPOOL`) if no folder can be written, not even a temporary one. */
  constructor(options: SpoolPlaceOptions) {
    this.#options = options;
    this.#folder = options.home;
    const writer = `r-${randomBytes(6).toString('hex')}`;
    const open = (folder: string): SpoolWriter => {
      const { runId, shard } = options;
      return new SpoolWriter({ folder, runId, shard, writer, rescue: failure => this.#rescue(failure) });
    };
    try {
      this.spool = open(this.spoolFolder);
    } catch (error) {
      this.#folder = this.#makeTemporary();
      this.spool = open(this.spoolFolder);
      this.#tellMoved(error);
    }
  }

  /** The folder that has the whole record now. */
  get folder(): HubFolder {
    return this.#folder;
  }

  get spoolFolder(): string {
    return runSpoolFolder(this.#folder, this.#options.runId);
  }

  /** Looks whether the record is still where it was, and brings it back where it is not. Cheap: two calls of the system. */
  check(): void {
    if (!this.spool.isInPlace) this.#bringBack();
    if (this.spool.bufferedChars > MOST_CHARS) this.spool.shed();
  }

  /**
   * Makes the record whole in one folder, at the end of the run.
   *
   * @throws {SpoolError} (`QH_SPOOL`) if what waits in memory cannot be written anywhere.
   */
  settle(): void {
    this.check();
    this.#retryAtMs = 0;
    this.spool.flushNow();
    if (this.#folder !== this.#options.home) this.#bringJournals();
  }

  #bringBack(): void {
    const { path } = this.#folder;
    try {
      this.spool.moveTo(this.spoolFolder);
      this.#options.onTrouble(`${path} was removed while the tests ran; it was made again, and holds this whole run`);
      this.#options.onMoved(this.#folder);
    } catch (error) {
      this.#rescue(error);
    }
  }

  /** Moves to a temporary folder. False where that is of no use. */
  #rescue(failure: unknown): boolean {
    if (this.#folder !== this.#options.home || performance.now() < this.#retryAtMs) return false;
    this.#retryAtMs = performance.now() + RETRY_MS;
    let instead: HubFolder | undefined;
    try {
      instead = this.#makeTemporary();
      this.spool.moveTo(runSpoolFolder(instead, this.#options.runId));
    } catch {
      if (instead) rmSync(instead.path, { recursive: true, force: true });
      return false;
    }
    this.#folder = instead;
    this.#tellMoved(failure);
    this.#options.onMoved(instead);
    return true;
  }

  #makeTemporary(): HubFolder {
    const folder = hubFolderAt(mkdtempSync(join(tmpdir(), TEMPORARY_HUB)));
    try {
      markTemporaryHub(folder, this.#options.home);
    } catch (error) {
      rmSync(folder.path, { recursive: true });
      throw error;
    }
    return folder;
  }

  #tellMoved(failure: unknown): void {
    const { path } = this.#folder;
    this.#options.onTrouble(
      `${errorSentence(failure)}. This run is kept in ${path}; read it with QUALITY_HUB_DIR=${path} npx quality-hub show, or bring it home with npx quality-hub finalize`,
    );
  }

  /** Journals of workers that had begun before the move. What they hold of ended tests is in the record as well. */
  #bringJournals(): void {
    const from = runSpoolFolder(this.#options.home, this.#options.runId);
    try {
      for (const name of readdirSync(from)) {
        const target = join(this.spoolFolder, name);
        if (name.startsWith('w-') && !existsSync(target)) copyFileSync(join(from, name), target);
      }
    } catch {
      // The folder is gone, or there is no more room.
    }
  }
}
