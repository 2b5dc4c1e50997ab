/** Sign-in, sign-up, the account, and the staff's stock page. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { signIn, signOut, signUp } from '../domain/accounts.ts';
import { adoptCart } from '../domain/carts.ts';
import { listProducts } from '../domain/catalogue.ts';
import { ShopError } from '../domain/errors.ts';
import { read } from '../http/input.ts';
import { shopOf } from '../http/shop-of.ts';
import { keepSession, requireRole, requireUser, sessionCookie, tokenOf } from '../http/token.ts';
import { visitorCartCookie } from '../http/visitor-cart.ts';
import { type Html, html } from './html.ts';
import { sendPage } from './send-page.ts';

const signInForm = z.object({ email: z.string(), password: z.string(), next: z.string().optional() });
const signUpForm = z.object({
  name: z.string().trim().min(1, 'say who you are').max(80),
  email: z.email('this is no e-mail address'),
  password: z.string().min(8, 'take at least 8 characters'),
});

export function addAccountPages(app: FastifyInstance): void {
  app.get('/sign-in', async (request, reply) => showSignIn(request, reply));

  app.post('/sign-in', async (request, reply) => {
    const { email, password, next } = read(signInForm, request.body);
    try {
      await startSession(request, reply, { email, password });
      return reply.redirect(next && /^\/(?!\/)/.test(next) ? next : '/account');
    } catch (error) {
      if (!(error instanceof ShopError)) throw error;
      return showSignIn(request, reply.code(error.status), error.message);
    }
  });

  app.get('/sign-up', async (request, reply) => showSignUp(request, reply));

  app.post('/sign-up', async (request, reply) => {
    try {
      const account = read(signUpForm, request.body);
      await signUp(shopOf(request), account);
      await startSession(request, reply, account);
      return reply.redirect('/account');
    } catch (error) {
      if (!(error instanceof ShopError)) throw error;
      return showSignUp(request, reply.code(error.status), error.message);
    }
  });

  app.post('/sign-out', async (request, reply) => {
    await signOut(request.database, tokenOf(request) ?? '');
    return reply.clearCookie(sessionCookie, { path: '/' }).redirect('/');
  });

  app.get('/account', async (request, reply) => {
    const user = await requireUser(request);
    const body = html`<p>Signed in as <strong>${user.email}</strong></p>
      ${user.role === 'staff' ? html`<p><a href="/staff/stock">Stock</a></p>` : undefined}`;
    return sendPage(request, reply, { title: `Hello ${user.name}`, body });
  });

  app.get('/staff/stock', async (request, reply) => {
    await requireRole(request, 'staff');
    const { search } = read(z.object({ search: z.string().optional() }), request.query);
    const { products } = await listProducts(shopOf(request), { search, pageSize: 100 });
    const rows = products.map(
      product => html`<tr><th>${product.name}</th><td>
        <form data-action="setStock" data-sku="${product.sku}" data-name="${product.name}">
        <input aria-label="Stock of ${product.name}" name="count" type="number" min="0" value="${product.stock}"> <button disabled>Save</button></form></td></tr>`,
    );
    return sendPage(request, reply, { title: 'Stock', body: html`<table><tbody>${rows}</tbody></table>` });
  });
}

async function startSession(
  request: FastifyRequest,
  reply: FastifyReply,
  credentials: { email: string; password: string },
): Promise<void> {
  const session = await signIn(shopOf(request), credentials);
  const visitorCart = request.cookies[visitorCartCookie];
  if (visitorCart) await adoptCart(shopOf(request), visitorCart, session.user.id);
  keepSession(reply, session);
}

function showSignIn(request: FastifyRequest, reply: FastifyReply, problem?: string): Promise<FastifyReply> {
  const { next = '', reason } = read(
    z.object({ next: z.string().optional(), reason: z.string().optional() }),
    request.query,
  );
  const expired = reason === 'token_expired' ? 'Your session has expired. Sign in again.' : undefined;
  const body = html`${alert(problem ?? expired)}
    <form method="post" action="/sign-in"><input type="hidden" name="next" value="${next}">
      <p><label>E-mail <input name="email" type="email" required></label></p>
      <p><label>Password <input name="password" type="password" required></label></p>
      <button>Sign in</button></form>`;
  return sendPage(request, reply, { title: 'Sign in', body });
}

function showSignUp(request: FastifyRequest, reply: FastifyReply, problem?: string): Promise<FastifyReply> {
  const body = html`${alert(problem)}
    <form method="post" action="/sign-up">
      <p><label>Name <input name="name" required></label></p>
      <p><label>E-mail <input name="email" type="email" required></label></p>
      <p><label>Password <input name="password" type="password" required></label></p>
      <button>Create account</button></form>`;
  return sendPage(request, reply, { title: 'Create an account', body });
}

const alert = (text: string | undefined): Html | undefined => (text ? html`<p role="alert">${text}</p>` : undefined);
