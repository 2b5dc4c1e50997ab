/** Who asks: the bearer token of the API, or the session cookie of the pages. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Role, type Session, type User, userOf } from '../domain/accounts.ts';
import { ShopError } from '../domain/errors.ts';

export const sessionCookie = 'shop_session';

export function tokenOf(request: FastifyRequest): string | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '');
  return bearer?.[1] ?? request.cookies[sessionCookie];
}

/** @throws {ShopError} `token_missing`, `token_unknown`, `token_expired` (401). */
export async function requireUser(request: FastifyRequest): Promise<User> {
  const token = tokenOf(request);
  if (!token) {
    throw new ShopError(401, 'token_missing', 'This needs a signed-in account', { 'www-authenticate': 'Bearer' });
  }
  return userOf({ database: request.server.primary, now: () => new Date() }, token);
}

/** @throws {ShopError} as {@link requireUser}, and `forbidden` (403). */
export async function requireRole(request: FastifyRequest, ...roles: readonly Role[]): Promise<User> {
  const user = await requireUser(request);
  if (!roles.includes(user.role)) {
    throw new ShopError(403, 'forbidden', `This needs the role ${roles.join(' or ')}, the account is ${user.role}`);
  }
  return user;
}

/** Nobody when the cookie is missing, unknown or too old. */
export async function currentUser(request: FastifyRequest): Promise<User | undefined> {
  try {
    return await requireUser(request);
  } catch (error) {
    if (error instanceof ShopError) return undefined;
    throw error;
  }
}

export function keepSession(reply: FastifyReply, session: Session): void {
  reply.setCookie(sessionCookie, session.token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    expires: new Date(session.expiresAt),
  });
}
