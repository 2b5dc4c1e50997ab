/** Keys of a Redis or Valkey server that the application uses, of whatever type, as a part of a snapshot. */
import { type ComparedEntry, compareRows } from '../compare/compare-rows.ts';
import { SnapshotError } from '../errors.ts';
import type { ReadablePart, SnapshotPart } from '../snapshot-part.ts';
import { joined, linesOf } from './lines.ts';

export interface RedisPartOptions {
  /** `redis://user:password@host:6379/0`, or what gives it. */
  readonly url: string | (() => string | Promise<string>);
  /** Whose keys. Never empty: a restore deletes what was not there. */
  readonly prefix: string;
  /** Longest time for connecting, in milliseconds. @default 5000 */
  readonly connectMs?: number;
}

/** Key, what it was dumped to, and how long it lives on: 0 for ever. */
type Row = readonly [key: string, type: string, dump: string, ttlMs: string];
type Send = (...args: readonly (string | Buffer)[]) => Promise<unknown>;

const AT_A_TIME = 200;
const CONNECT_MS = 5_000;
const SHOWN = 20;

/**
 * All keys below a prefix as the server dumps them: every type comes back exactly, and lives on as long as it had left. What is
 * read while others write is of no single moment, and a restore that is killed must be done again. One server; not a cluster.
 */
export function redisPart(options: RedisPartOptions): SnapshotPart {
  const { prefix } = options;
  if (prefix === '') throw new TypeError('A snapshot of Redis needs a prefix');
  return {
    kind: 'redis',

    save: writer =>
      connected(options, async send => {
        const lines = async function* (): AsyncIterable<string> {
          const keys = await keysBelow(send, prefix);
          for (let at = 0; at < keys.length; at += AT_A_TIME) {
            const rows = await Promise.all(keys.slice(at, at + AT_A_TIME).map(key => dump(send, key)));
            for (const row of rows) if (row) yield JSON.stringify(row);
          }
        };
        await writer.write('keys', joined(lines()), { columns: ['key', 'type', 'dump', 'ttlMs'], key: ['key'] });
        return undefined;
      }),

    load: saved =>
      connected(options, async send => {
        const kept = new Set<string>();
        let batch: Promise<unknown>[] = [];
        for await (const [key, , content, ttlMs] of rowsOf(saved)) {
          kept.add(key);
          batch.push(send('RESTORE', bytesOf(key), ttlMs, Buffer.from(content, 'base64'), 'REPLACE'));
          if (batch.length < AT_A_TIME) continue;
          await Promise.all(batch);
          batch = [];
        }
        await Promise.all(batch);
        for (const key of await keysBelow(send, prefix)) if (!kept.has(key)) await send('UNLINK', bytesOf(key));
      }),

    async compare(before, after) {
      const { added, removed, changed, ...rows } = await compareRows(lasting(before), lasting(after), SHOWN);
      const named = (words: string, keys: readonly (string | null | undefined)[], count: number): string[] =>
        count === 0
          ? []
          : [`${words}: ${keys.join(', ')}${count > keys.length ? ` and ${count - keys.length} more` : ''}`];
      return [
        ...named(
          'added',
          rows.addedRows.map(row => row['key']),
          added,
        ),
        ...named(
          'removed',
          rows.removedRows.map(row => row['key']),
          removed,
        ),
        ...named(
          'changed',
          rows.changedRows.map(row => row.key['key']),
          changed,
        ),
      ];
    },
  };
}

async function connected<T>(
  { url, connectMs = CONNECT_MS }: RedisPartOptions,
  work: (send: Send) => Promise<T>,
): Promise<T> {
  const { createClient, RESP_TYPES } = await import('@redis/client');
  const address = typeof url === 'function' ? await url() : url;
  const client = createClient({ url: address, socket: { connectTimeout: connectMs, reconnectStrategy: false } });
  // Each call hears of what breaks; without a listener the process would end.
  client.on('error', () => {});
  try {
    await client.connect();
    const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
    return await work((...args) => bytes.sendCommand([...args]));
  } catch (error) {
    if (error instanceof SnapshotError) throw error;
    throw new SnapshotError(
      'QH_SNAPSHOT_PART',
      `Redis at ${new URL(address).host} has failed: ${error instanceof Error ? error.message : String(error)}`,
      'Look at the server; what was begun can be done again',
      error,
    );
  } finally {
    if (client.isOpen) client.destroy();
  }
}

/** In order, so that the same keys are the same content. */
async function keysBelow(send: Send, prefix: string): Promise<readonly string[]> {
  const pattern = `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
  const keys = new Set<string>();
  let cursor = '0';
  do {
    const [next, page] = (await send('SCAN', cursor, 'MATCH', pattern, 'COUNT', '500')) as [Buffer, readonly Buffer[]];
    for (const key of page) keys.add(key.toString('latin1'));
    cursor = next.toString();
  } while (cursor !== '0');
  return [...keys].sort();
}

/** Undefined where it has just ended. */
async function dump(send: Send, key: string): Promise<Row | undefined> {
  const name = bytesOf(key);
  const [content, ttlMs, type] = await Promise.all([send('DUMP', name), send('PTTL', name), send('TYPE', name)]);
  if (content === null) return undefined;
  return [key, String(type), (content as Buffer).toString('base64'), String(Math.max(0, Number(ttlMs)))];
}

/** Keys are bytes: each is one letter here. */
function bytesOf(key: string): Buffer {
  return Buffer.from(key, 'latin1');
}

async function* rowsOf(saved: ReadablePart): AsyncIterable<Row> {
  const entry = saved.entries[0];
  if (entry) for await (const line of linesOf(saved.read(entry))) yield JSON.parse(line) as Row;
}

/** Without what is left of each lifetime: it is another at every look. */
function lasting(part: ReadablePart): ComparedEntry {
  const lines = async function* (): AsyncIterable<Buffer> {
    for await (const [key, type, content, ttlMs] of rowsOf(part))
      yield Buffer.from(`${JSON.stringify([key, type, content, ttlMs === '0' ? 'for ever' : 'for a while'])}\n`);
  };
  const entry = part.entries[0] ?? { name: 'keys', hash: '', sizeBytes: 0 };
  return { entry: { ...entry, columns: ['key', 'type', 'dump', 'lives'] }, read: lines };
}
