/** Who is who: sign-up, sign-in, tokens that end. */
import { createHash, randomBytes, randomUUID, scryptSync, timingSafeEqual } from 'node:crypto';
import { type Database, troubleOf } from '../database/port.ts';
import { conflict, ShopError } from './errors.ts';
import type { Shop } from './shop.ts';

export type Role = 'buyer' | 'staff' | 'warehouse';
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}
export interface Session {
  readonly token: string;
  readonly expiresAt: string;
  readonly user: User;
}

export const defaultSessionMs = 8 * 60 * 60 * 1000;

/** @throws {ShopError} `email_taken` (409). */
export async function signUp(
  shop: Pick<Shop, 'database' | 'now'>,
  { email, name, password, role = 'buyer' }: { email: string; name: string; password: string; role?: Role },
): Promise<User> {
  const user: User = { id: randomUUID(), email: email.toLowerCase(), name, role };
  const known = await shop.database.get('SELECT id FROM users WHERE email = ?', [user.email]);
  if (known) throw conflict('email_taken', `There is already an account for ${user.email}`);
  await shop.database.run('INSERT INTO users (id, email, name, password, role, created_at) VALUES (?, ?, ?, ?, ?, ?)', [
    user.id,
    user.email,
    name,
    sealPassword(password),
    role,
    shop.now().toISOString(),
  ]);
  return user;
}

/** @throws {ShopError} `wrong_credentials` (401). */
export async function signIn(
  shop: Pick<Shop, 'database' | 'now'>,
  { email, password, lifetimeMs = defaultSessionMs }: { email: string; password: string; lifetimeMs?: number },
): Promise<Session> {
  const row = await shop.database.get<User & { password: string }>(
    'SELECT id, email, name, role, password FROM users WHERE email = ?',
    [email.toLowerCase()],
  );
  if (!row || !isPassword(password, row.password)) {
    throw new ShopError(401, 'wrong_credentials', 'The e-mail address or the password is wrong');
  }
  const { password: _sealed, ...user } = row;
  const token = randomBytes(24).toString('base64url');
  const expiresAt = new Date(shop.now().getTime() + lifetimeMs).toISOString();
  await keepToken(shop.database, { token, userId: user.id, expiresAt });
  return { token, expiresAt, user };
}

/** Writes a token, or gives a known one a new end. */
export async function keepToken(
  database: Database,
  { token, userId, expiresAt }: { token: string; userId: string; expiresAt: string },
): Promise<void> {
  await database.run(
    'INSERT INTO sessions (token_hash, user_id, expires_at) VALUES (?, ?, ?) ON CONFLICT (token_hash) DO UPDATE SET expires_at = excluded.expires_at',
    [hashOf(token), userId, expiresAt],
  );
}

/** Ends a token's life a minute ago, as a clock would have done. */
export async function expireToken(database: Database, token: string, now: Date): Promise<void> {
  const expiresAt = new Date(now.getTime() - 60_000).toISOString();
  await database.run('UPDATE sessions SET expires_at = ? WHERE token_hash = ?', [expiresAt, hashOf(token)]);
}

/** @throws {ShopError} `token_unknown` or `token_expired` (401). */
export async function userOf(shop: Pick<Shop, 'database' | 'now'>, token: string): Promise<User> {
  const row = await shop.database.get<User & { expires_at: string }>(
    'SELECT u.id, u.email, u.name, u.role, s.expires_at FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = ?',
    [hashOf(token)],
  );
  if (!row) throw refusedToken('token_unknown', 'The access token is not known');
  const { expires_at: expiresAt, ...user } = row;
  if (expiresAt <= shop.now().toISOString()) {
    throw refusedToken('token_expired', `The access token expired at ${expiresAt}`);
  }
  return user;
}

export async function signOut(database: Database, token: string): Promise<void> {
  await database.run('DELETE FROM sessions WHERE token_hash = ?', [hashOf(token)]);
}

/** Removes the account and all that belongs to it. */
export async function closeAccount(database: Database, userId: string): Promise<void> {
  await database.transaction(async tx => {
    await tx.run('DELETE FROM carts WHERE id = ?', [`user-${userId}`]);
    await tx.run('DELETE FROM users WHERE id = ?', [userId]);
  });
}

/** An account that is always there. Two shops that start at once may both try. */
export async function ensureAccount(
  shop: Pick<Shop, 'database' | 'now'>,
  account: { email: string; name: string; password: string; role: Role },
): Promise<string> {
  try {
    return (await signUp(shop, account)).id;
  } catch (error) {
    if (!(error instanceof ShopError) && troubleOf(error) !== 'unique_violation') throw error;
    const row = await shop.database.get<{ id: string }>('SELECT id FROM users WHERE email = ?', [account.email]);
    if (!row) throw error;
    return row.id;
  }
}

function refusedToken(code: string, message: string): ShopError {
  return new ShopError(401, code, message, {
    'www-authenticate': `Bearer error="invalid_token", error_description="${message}"`,
  });
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

function sealPassword(password: string): string {
  const salt = randomBytes(12).toString('hex');
  return `${salt}:${derive(password, salt).toString('hex')}`;
}

function isPassword(password: string, sealed: string): boolean {
  const [salt = '', key = ''] = sealed.split(':');
  return timingSafeEqual(derive(password, salt), Buffer.from(key, 'hex'));
}

// A cheap cost: this is a shop for tests, and every test makes its own account.
const derive = (password: string, salt: string) => scryptSync(password, salt, 32, { N: 1024 });
