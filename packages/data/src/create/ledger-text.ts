/** Records as the ledger keeps them: plain, and without secrets. */
import type { Json } from '../ledger/ledger.ts';

/** What JSON can say of a value; big numbers as texts. @param without Fields that are left out. */
export function plainJson(value: unknown, without: readonly string[] = []): Json {
  const text = JSON.stringify(value, function (this: object, field: string, inner: unknown) {
    if (this === value && without.includes(field)) return undefined;
    return typeof inner === 'bigint' ? String(inner) : inner;
  });
  return text === undefined ? null : (JSON.parse(text) as Json);
}

/** The fields that name a record, or those of them that it does not have. */
export function keyOf(
  record: unknown,
  fields: readonly string[],
): { readonly key: Readonly<Record<string, Json>> } | { readonly missing: readonly string[] } {
  const all = (typeof record === 'object' && record !== null ? record : {}) as Readonly<Record<string, unknown>>;
  const missing = fields.filter(field => all[field] === undefined || all[field] === null);
  if (missing.length > 0) return { missing };
  return { key: plainJson(Object.fromEntries(fields.map(field => [field, all[field]]))) as Record<string, Json> };
}

/** A key in one text: `17`, `7/2`. */
export function idOf(key: Json): string {
  return typeof key === 'object' && key !== null ? Object.values(key).join('/') : String(key);
}
