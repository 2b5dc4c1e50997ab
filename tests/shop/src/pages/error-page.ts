/** What a person sees when a page cannot be shown. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ShopError } from '../domain/errors.ts';
import { html } from './html.ts';
import { renderPage } from './layout.ts';

/** A missing or ended session leads to the sign-in page, all else to a page that says it. */
export function sendErrorPage(request: FastifyRequest, reply: FastifyReply, error: ShopError): FastifyReply {
  if (error.status === 401 && request.method === 'GET') {
    const query = new URLSearchParams({ next: request.url, reason: error.code });
    return reply.redirect(`/sign-in?${query}`);
  }
  const title =
    error.status === 404 ? 'Not found' : error.status >= 500 ? 'The shop has a problem' : 'This did not work';
  return reply
    .code(error.status)
    .type('text/html; charset=utf-8')
    .send(renderPage({ title, body: html`<p role="alert">${error.message}</p>` }));
}
