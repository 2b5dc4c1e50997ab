/** Which cart a request means: the account's, or the visitor's by cookie. */
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { cartOfUser } from '../domain/carts.ts';
import { requireUser, tokenOf } from './token.ts';

export const visitorCartCookie = 'shop_cart';

/** A token that is no good is an error here, never a visitor. */
export async function cartIdOf(request: FastifyRequest, reply: FastifyReply): Promise<string> {
  if (tokenOf(request)) return cartOfUser((await requireUser(request)).id);
  const known = request.cookies[visitorCartCookie];
  if (known) return known;
  const id = `visitor-${randomUUID()}`;
  reply.setCookie(visitorCartCookie, id, { path: '/', httpOnly: true, sameSite: 'lax' });
  return id;
}
