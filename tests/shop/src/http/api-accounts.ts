/** Sign-up, sign-in, sign-out. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { closeAccount, defaultSessionMs, signIn, signOut, signUp } from '../domain/accounts.ts';
import { adoptCart } from '../domain/carts.ts';
import { read } from './input.ts';
import { shopOf } from './shop-of.ts';
import { keepSession, requireUser, sessionCookie, tokenOf } from './token.ts';
import { visitorCartCookie } from './visitor-cart.ts';

const newAccount = z.strictObject({
  email: z.email(),
  name: z.string().trim().min(1).max(80),
  password: z.string().min(8).max(200),
});
const credentials = z.strictObject({
  email: z.string(),
  password: z.string(),
  /** Shorter than the usual eight hours, for a token that is needed once. */
  lifetimeMs: z.number().int().min(0).max(defaultSessionMs).optional(),
});

export function addAccountRoutes(app: FastifyInstance): void {
  app.post('/api/users', async (request, reply) => {
    const user = await signUp(shopOf(request), read(newAccount, request.body));
    return reply.code(201).send(user);
  });

  app.get('/api/users/me', async request => requireUser(request));

  app.delete('/api/users/me', async (request, reply) => {
    const user = await requireUser(request);
    await closeAccount(request.database, user.id);
    return reply.code(204).send();
  });

  app.post('/api/sessions', async (request, reply) => {
    const { lifetimeMs, ...rest } = read(credentials, request.body);
    const session = await signIn(shopOf(request), lifetimeMs === undefined ? rest : { ...rest, lifetimeMs });
    const visitorCart = request.cookies[visitorCartCookie];
    if (visitorCart) await adoptCart(shopOf(request), visitorCart, session.user.id);
    keepSession(reply, session);
    return reply.code(201).send(session);
  });

  app.delete('/api/sessions/current', async (request, reply) => {
    await requireUser(request);
    await signOut(request.database, tokenOf(request) ?? '');
    return reply.clearCookie(sessionCookie, { path: '/' }).code(204).send();
  });
}
