/** Reads the members of a pool from where its section says. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorSentence } from '@quality-hub/protocol';
import { type Member, PoolMembersError } from '@quality-hub/state/sharing';
import type { PoolSection, PoolSurroundings } from './pool-section.ts';
import { readCsv } from './read-csv.ts';

/** @throws {PoolMembersError} (`QH_POOL_MEMBERS`) that says what cannot be read, or which member is not as it has to be. */
export async function membersFrom(
  pool: string,
  section: PoolSection,
  { context, folder }: { readonly context: PoolSurroundings; readonly folder: string },
): Promise<readonly Member[]> {
  let found: unknown;
  try {
    found = await read(section, context, folder);
  } catch (error) {
    if (error instanceof PoolMembersError) throw error;
    throw new PoolMembersError(pool, errorSentence(error), error);
  }
  if (!Array.isArray(found))
    throw new PoolMembersError(pool, `there is ${JSON.stringify(found)?.slice(0, 80)}, expected a list`);
  return section.schema === undefined
    ? found
    : Promise.all(found.map((one, index) => checked(pool, section, one, `member ${index + 1}`)));
}

async function read(section: PoolSection, context: PoolSurroundings, folder: string): Promise<unknown> {
  const { members, file, query, url, load } = section;
  if (members !== undefined) return members;
  if (load !== undefined) return load(context);
  if (file !== undefined) return readMembersFile(resolve(folder, file));
  if (query !== undefined) {
    const { rows } = await context
      .database(query.database)
      .query(query.sql, [...(query.params ?? [])], { signal: context.signal });
    return rows;
  }
  if (url === undefined) return [];
  const { client, path } = typeof url === 'string' ? { path: url } : url;
  const response = await context.client(client).get(path, { signal: context.signal });
  return response.json();
}

async function readMembersFile(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  return path.toLowerCase().endsWith('.csv') ? await readCsv(text) : JSON.parse(text);
}

/** @throws {PoolMembersError} (`QH_POOL_MEMBERS`) for one that was made and is not as its schema says. */
export function madeMember(pool: string, section: PoolSection, member: unknown): Promise<Member> {
  return checked(pool, section, member, 'what was made');
}

async function checked(pool: string, { schema }: PoolSection, member: unknown, which: string): Promise<Member> {
  const result = await schema?.['~standard'].validate(member);
  if (result === undefined || result.issues === undefined) return (result?.value ?? member) as Member;
  const issues = result.issues.map(({ message, path = [] }) => {
    const where = path.map(part => String(typeof part === 'object' ? part.key : part)).join('.');
    return where === '' ? message : `${where}: ${message}`;
  });
  throw new PoolMembersError(pool, `${which} is not as its schema says: ${issues.join('; ')}`);
}
