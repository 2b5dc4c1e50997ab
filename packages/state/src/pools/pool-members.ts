/** Names and labels of members. */
import { PoolMembersError } from '../locks/errors.ts';

const NAME_KEYS = ['name', 'id', 'login', 'user', 'email'];

export interface NamedMember<M extends object> {
  readonly name: string;
  readonly labels: readonly string[];
  readonly payload: M;
}

/** @throws {PoolMembersError} (`QH_POOL_MEMBERS`) for a member without a name, and for two of one name. */
export function namedMembers<M extends object>(
  pool: string,
  members: readonly M[],
  key: string | undefined,
): readonly NamedMember<M>[] {
  const named = members.map((payload, index) => namedMember(pool, payload, key, { index }));
  const names = named.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new PoolMembersError(pool, `two of them are called ${JSON.stringify(twice)}`);
  return named;
}

/** @param place With a name: what was made is called after its place. */
export function namedMember<M extends object>(
  pool: string,
  payload: M,
  key: string | undefined,
  place: { readonly index: number; readonly name?: string },
): NamedMember<M> {
  const { index } = place;
  if (typeof payload !== 'object' || payload === null) {
    throw new PoolMembersError(
      pool,
      `member ${index + 1} is ${JSON.stringify(payload)}, expected an object: { login: 'c1' }`,
    );
  }
  const fields = payload as Readonly<Record<string, unknown>>;
  const found = key ?? NAME_KEYS.find(one => isName(fields[one]));
  const name = place.name ?? (found === undefined ? undefined : fields[found]);
  if (!isName(name)) {
    throw new PoolMembersError(
      pool,
      `member ${index + 1} has no ${key ?? NAME_KEYS.join(', ')} that could name it: a text or a number; the option name says which property does`,
    );
  }
  const { labels = [] } = fields;
  if (!Array.isArray(labels) || !labels.every(label => typeof label === 'string')) {
    throw new PoolMembersError(
      pool,
      `labels of ${String(name)} is ${JSON.stringify(labels)}, expected a list of texts`,
    );
  }
  return { name: String(name), labels: labels as string[], payload };
}

function isName(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '' && value.length <= 200) || Number.isSafeInteger(value);
}

/** What a test wants of a member. */
export interface Selection {
  readonly labels: readonly string[];
  readonly member: string | undefined;
}

export function selectionOf(label: string | readonly string[] | undefined, member: string | undefined): Selection {
  return { labels: [...new Set([label ?? []].flat())].sort(), member };
}

export function isWanted({ labels, member }: Selection, one: Pick<NamedMember<object>, 'name' | 'labels'>): boolean {
  return (member === undefined || member === one.name) && labels.every(label => one.labels.includes(label));
}

/** A selection as part of a name in the store, and back. */
export const selectionText = ({ labels, member }: Selection): string =>
  encodeURIComponent(JSON.stringify([labels, member ?? null]));

export function readSelection(text: string): Selection | undefined {
  try {
    const [labels, member] = JSON.parse(decodeURIComponent(text)) as [string[], string | null];
    return { labels, member: member ?? undefined };
  } catch {
    return undefined;
  }
}

/** `any member`, `a member with the label admin`. */
export function selectionWords({ labels, member }: Selection): string {
  if (member !== undefined) return `the member ${JSON.stringify(member)}`;
  return labels.length === 0 ? 'any member' : `a ${labelledWords(labels)}`;
}

/** What a pool has not done that could not lend it. */
export function lackWords({ labels, member }: Selection): string {
  if (member !== undefined) return `did not have the member ${JSON.stringify(member)}`;
  return labels.length === 0 ? 'had no member' : `had no ${labelledWords(labels)}`;
}

function labelledWords(labels: readonly string[]): string {
  return `member with the label${labels.length > 1 ? 's' : ''} ${labels.join(', ')}`;
}
