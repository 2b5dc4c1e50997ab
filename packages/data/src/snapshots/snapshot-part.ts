/** The port of what a snapshot is made of: a database, a folder, keys of a store, or anything that can save and load itself. */
import type { Json } from '../ledger/ledger.ts';

/** Bytes or text, in pieces. */
export type Pieces = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/** What is known of one entry besides its content. */
export interface EntryMeta {
  /** The content is one JSON array of texts in each line, a row; these are the names of its columns. */
  readonly columns?: readonly string[];
  /** Columns that name a row. Without them rows are compared as a whole. */
  readonly key?: readonly string[];
  /** Each text begins with a letter for its type, which is not shown. @default false */
  readonly lettered?: boolean;
  /** What the part needs to load the entry. */
  readonly facts?: Json;
}

export interface SavedEntry extends EntryMeta {
  /** Unique in its part: a table, a path. */
  readonly name: string;
  /** SHA-256 of the content. */
  readonly hash: string;
  readonly sizeBytes: number;
}

export interface SavedPart {
  readonly name: string;
  /** Of the part that has saved it. */
  readonly kind: string;
  readonly entries: readonly SavedEntry[];
  readonly facts?: Json;
}

/** A saved part with its content. */
export interface ReadablePart extends SavedPart {
  /** May be read several times. The last piece came only when the content was found to be whole. */
  read(entry: SavedEntry): AsyncIterable<Buffer>;
}

export interface PartWriter {
  /** Entries come one after another. */
  write(name: string, content: Pieces, meta?: EntryMeta): Promise<void>;
}

export interface SnapshotPart {
  /** A word: what one kind has saved no other kind can load. */
  readonly kind: string;
  /** Returns what `check` wants to know later. */
  save(writer: PartWriter, signal?: AbortSignal): Promise<Json | undefined>;
  /** Sentences about why the saved cannot be loaded into what is there now. Nothing is changed yet. */
  check?(saved: SavedPart): Promise<readonly string[]>;
  /** Makes everything as it was saved, whatever is there now. Doing it again after a kill does the same. */
  load(saved: ReadablePart, signal?: AbortSignal): Promise<void>;
  /** Differences in words of its own. @default by entry, and by row where entries have columns */
  compare?(before: ReadablePart, after: ReadablePart): Promise<readonly string[]>;
}
