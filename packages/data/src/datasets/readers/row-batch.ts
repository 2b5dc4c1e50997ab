/** What readers give: several rows at a time, so that one of many costs little. */

export interface RowBatch {
  readonly rows: readonly unknown[];
  /** Of each row, from 1; undefined where the format has none. */
  readonly lines: readonly (number | undefined)[];
}

/** A file as it is read. */
export interface RowSource {
  /** Named in messages. */
  readonly path: string;
  /** Unpacked. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Hears the version that the file says it has, before the first row. */
  readonly onVersion: (version: number) => void;
}

/** The key under which a file says of which version it is. */
export const HEADER = '$dataset';

/** `{ "$dataset": { "version": 2 } }`: the version; undefined for what is no header. */
export function versionIn(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, HEADER)) return undefined;
  const { version } = (value as { [HEADER]?: { version?: unknown } })[HEADER] ?? {};
  return Number.isInteger(version) && Number(version) >= 1 ? Number(version) : undefined;
}
