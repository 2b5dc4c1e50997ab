/** A record in words, as reports show it. */
import type { Json, LedgerEntry } from '../ledger/ledger.ts';

const LIMIT = 60;

/** `order 4711`; of what may not have been created `order (of {"sku":"TEA"})`. */
export function recordWords({ kind, state, record, input }: LedgerEntry): string {
  if (state === 'made' && record !== undefined) return `${kind} ${nameOf(record)}`;
  return `${kind} (of ${short(JSON.stringify(input))})`;
}

function nameOf(record: Json): string {
  if (typeof record !== 'object' || record === null) return short(String(record));
  const fields = Object.values(record) as readonly Json[];
  const id = (record as { readonly id?: Json }).id ?? (fields.length === 1 ? fields[0] : undefined);
  return typeof id === 'string' || typeof id === 'number' ? short(String(id)) : short(JSON.stringify(record));
}

function short(text: string): string {
  return text.length <= LIMIT ? text : `${text.slice(0, LIMIT - 1).toWellFormed()}…`;
}
