/** The session of the staff, signed in once for all workers of a run. */
import type { HttpClient } from '@quality-hub/clients';

export const staffAccount = {
  email: 'staff@shop.example',
  password: process.env['SHOP_STAFF_PASSWORD'] ?? 'open sesame',
};

/** Holds the token in the processes that have it: a worker gets it from the cache, whoever sweeps signs in. */
const TOKEN = 'E2E_STAFF_TOKEN';

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
