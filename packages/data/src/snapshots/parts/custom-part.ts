/** Anything that can save and load itself as a part of a snapshot: the settings of a service, a mailbox. */
import type { Json } from '../../ledger/ledger.ts';
import type { ReadablePart, SnapshotPart } from '../snapshot-part.ts';

export interface CustomPartOptions<T extends Json> {
  /** Reads what is there now. Without secrets: it is kept on disk. */
  readonly save: (signal?: AbortSignal) => Promise<T>;
  /** Makes it as it was; doing it twice does the same. */
  readonly load: (saved: T, signal?: AbortSignal) => Promise<void>;
  /** Differences, a sentence each. @default that it has changed */
  readonly compare?: (before: T, after: T) => readonly string[];
}

export function customPart<T extends Json>({ save, load, compare }: CustomPartOptions<T>): SnapshotPart {
  return {
    kind: 'custom',
    async save(writer, signal) {
      await writer.write('value', [JSON.stringify(await save(signal))]);
      return undefined;
    },
    load: async (saved, signal) => load(await savedValue<T>(saved), signal),
    ...(compare
      ? { compare: async (before, after) => compare(await savedValue<T>(before), await savedValue<T>(after)) }
      : {}),
  };
}

async function savedValue<T>(saved: ReadablePart): Promise<T> {
  const pieces: Buffer[] = [];
  const entry = saved.entries[0];
  if (entry) for await (const piece of saved.read(entry)) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString()) as T;
}
