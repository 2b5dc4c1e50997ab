/** What is told of a statement or a transaction: facts for evidence, with parameters that may be shown. */
import type { Blame } from '@quality-hub/resilience';
import { isSecretField } from '@quality-hub/telemetry';

export interface QueryRecord {
  readonly database: string;
  readonly dialect: 'postgres' | 'mysql' | 'sqlite';
  /** Host and port, or the file. */
  readonly server: string;
  /** `select orders`, `transaction`, … */
  readonly operation: string;
  /** The statement without its literals; undefined for a transaction. */
  readonly sql?: string;
  /** One text for each parameter: masked and shortened. */
  readonly params: readonly string[];
  readonly outcome: 'ok' | 'failed' | 'aborted';
  readonly startedAt: string;
  /** With all tries and waits. */
  readonly durationMs: number;
  /** Of this, the wait for a connection. */
  readonly waitedMs: number;
  readonly attempts: number;
  readonly rowCount?: number;
  /** It was part of a transaction. */
  readonly inTransaction: boolean;
  /** A breaker, a limit or a quota of the policy turned it away: the server was not asked. */
  readonly refusedBy?: string;
  readonly errorCode?: string;
  readonly serverCode?: string;
  /** Masked. */
  readonly message?: string;
  /** Whose failure it is; only where it failed. */
  readonly blame?: Blame;
  readonly slow: boolean;
  /** Asks the server for the plan of the statement; it is not run. Masked. Undefined where there is none to ask for. */
  readonly plan?: () => Promise<string>;
}

const LONGEST_PARAM = 100;
export const MASKED_PARAM = '[masked]';

/** Parameters as they may be shown. What is written into, or compared with, a column whose name says secret is masked. */
export function shownParams(
  sql: string,
  params: readonly unknown[],
  mask: { text(text: string): string },
): readonly string[] {
  if (params.length === 0) return [];
  const columns = columnsOf(sql);
  return params.map((value, index) => {
    const column = columns.get(index);
    return column !== undefined && isSecretField(column) ? MASKED_PARAM : shown(value, mask);
  });
}

/** The values among `params` that may not be shown, as texts. */
export function secretParams(
  sql: string,
  params: readonly unknown[],
  mask: { text(text: string): string },
): readonly string[] {
  const shownOnes = shownParams(sql, params, mask);
  return params.flatMap((value, index) => (shownOnes[index] === MASKED_PARAM ? [String(value)] : []));
}

function shown(value: unknown, mask: { text(text: string): string }): string {
  if (ArrayBuffer.isView(value)) return `bytes(${value.byteLength})`;
  const text =
    value instanceof Date ? value.toISOString() : typeof value === 'object' ? JSON.stringify(value) : String(value);
  const masked = mask.text(text);
  return masked.length <= LONGEST_PARAM ? masked : `${masked.slice(0, LONGEST_PARAM)}… (${masked.length} characters)`;
}

/** Which column each parameter belongs to, by its place from 0, as far as the text tells. */
function columnsOf(sql: string): Map<number, string> {
  const found = new Map<number, string>();
  let place = 0;
  const places = new Map<number, number>();
  for (const match of sql.matchAll(/\?|\$(\d+)/g)) places.set(match.index, match[1] ? Number(match[1]) - 1 : place++);
  for (const match of sql.matchAll(/([\w"`]+)\s*(?:=|<>|!=|like|ilike)\s*(\?|\$\d+)/gi)) {
    const at = places.get(match.index + match[0].length - (match[2]?.length ?? 0));
    if (at !== undefined) found.set(at, bare(match[1]));
  }
  const insert = /insert\s+into\s+[\w."`]+\s*\(([^)]*)\)\s*values\s*/i.exec(sql);
  if (!insert) return found;
  const columns = (insert[1] ?? '').split(',').map(bare);
  const after = insert.index + insert[0].length;
  let nth = 0;
  for (const [index, at] of [...places].sort(([left], [right]) => left - right)) {
    if (index >= after) found.set(at, columns[nth++ % columns.length] ?? '');
  }
  return found;
}

function bare(name = ''): string {
  return name.replace(/["`]/g, '').trim();
}
