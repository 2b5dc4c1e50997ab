/** Sends one page, framed, for whoever is signed in. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { currentUser } from '../http/token.ts';
import type { Html } from './html.ts';
import { renderPage } from './layout.ts';

export async function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  { title, body }: { title: string; body: Html },
): Promise<FastifyReply> {
  const user = await currentUser(request);
  return reply.type('text/html; charset=utf-8').send(renderPage({ title, body, user, crashes: request.pageCrashes }));
}
