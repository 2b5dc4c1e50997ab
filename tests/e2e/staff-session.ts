/** Sessions of those who work in the shop: signed in once, for all workers and for the runs that come after. */
import type { HttpClient } from '@quality-hub/clients';
import type { Cache } from '@quality-hub/state/cache';
import type { Account, ShopApi } from './shop-api.ts';

export const staffAccount = {
  email: 'staff@shop.example',
  password: process.env['SHOP_STAFF_PASSWORD'] ?? 'open sesame',
};

/** The shop's own sessions last eight hours. */
const SESSION_MS = 3_600_000;
/** Holds the token in the processes that have it: a worker gets it from the cache, whoever sweeps signs in. */
const TOKEN = 'E2E_STAFF_TOKEN';

export interface SessionPlace {
  readonly cache: Cache;
  /** The shop without an account. */
  readonly visitor: ShopApi;
  readonly baseURL: string;
}

/** The token of a session that is kept; of a new one where the shop has forgotten it, which a restart does. */
export async function keptSession(
  { email, password }: Pick<Account, 'email' | 'password'>,
  { cache, visitor, baseURL }: SessionPlace,
): Promise<string> {
  const key = `session of ${email} at ${baseURL}`;
  let isNew = false;
  const load = (): Promise<string> => {
    isNew = true;
    return visitor.signIn({ email, password });
  };
  const options = { ttlMs: SESSION_MS, version: process.env['E2E_CACHE_KEY'] ?? '', secret: true };
  const token = await cache.getOrLoad(key, load, options);
  if (isNew || (await visitor.knows(token))) return token;
  await cache.delete(key);
  return cache.getOrLoad(key, load, options);
}

export function useStaffToken(token: string): void {
  process.env[TOKEN] = token;
}

export async function signInStaff(api: HttpClient): Promise<string> {
  const known = process.env[TOKEN];
  if (known !== undefined) return known;
  const { token } = await api.post('/api/sessions', { json: staffAccount, idempotent: true }).json<{ token: string }>();
  useStaffToken(token);
  return token;
}
