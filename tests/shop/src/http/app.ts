/** The shop as one Fastify application. */
import { readFileSync } from 'node:fs';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { TroubledDatabase } from '../database/port.ts';
import { notFound } from '../domain/errors.ts';
import { addAccountPages } from '../pages/account-pages.ts';
import { addCataloguePages } from '../pages/catalogue-pages.ts';
import { sendErrorPage } from '../pages/error-page.ts';
import { addOrderPages } from '../pages/order-pages.ts';
import { addShopFaults, type ShopFaults } from '../switches/shop-faults.ts';
import { createSwitchboard, type Switchboard } from '../switches/switchboard.ts';
import { addAccountRoutes } from './api-accounts.ts';
import { addCatalogueRoutes } from './api-catalogue.ts';
import { addOrderRoutes } from './api-orders.ts';
import { answerTo } from './error-answer.ts';
import { createService, type ServiceLog } from './service.ts';

export interface ShopAppOptions {
  readonly database: TroubledDatabase;
  readonly payments: { readonly url: string; readonly timeoutMs: number };
  readonly log?: ServiceLog;
  readonly switchboard?: Switchboard;
  /** What a switched crash does. */
  readonly crash?: (downMs: number) => void;
}
export interface ShopApp {
  readonly app: FastifyInstance;
  readonly switchboard: Switchboard;
  readonly faults: ShopFaults;
}

export async function createShopApp(options: ShopAppOptions): Promise<ShopApp> {
  const { database, payments, log = {}, switchboard = createSwitchboard(), crash = () => undefined } = options;
  const app = createService('shop', log);
  app.decorate('primary', database);
  app.decorate('payments', payments);
  await app.register(cookie);
  await app.register(formbody);
  const faults = addShopFaults(app, { database, switchboard, crash, now: () => new Date() });
  app.addHook('onClose', () => faults.close());

  app.setErrorHandler((error, request, reply) => sendError(error, request, reply));
  app.setNotFoundHandler((request, reply) => sendError(notFound('page', request.url), request, reply));

  const script = readFileSync(new URL('../pages/client.js', import.meta.url), 'utf8');
  app.get('/shop.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(script));
  app.get('/health', async () => {
    await database.get('SELECT max(version) AS version FROM schema_version');
    return { status: 'ok', database: database.dialect, heapUsedBytes: process.memoryUsage().heapUsed };
  });
  addAccountRoutes(app);
  addCatalogueRoutes(app);
  addOrderRoutes(app);
  addCataloguePages(app);
  addOrderPages(app);
  addAccountPages(app);
  return { app, switchboard, faults };
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = answerTo(error);
  if (answer.status >= 500) request.log.error({ err: error, code: answer.code }, 'the request failed');
  else request.log.info({ code: answer.code, reason: answer.message }, 'the request was refused');
  reply.headers(answer.headers);
  const wantsPage = !request.url.startsWith('/api/') && request.headers.accept?.includes('text/html');
  if (wantsPage) return sendErrorPage(request, reply, answer);
  return reply.code(answer.status).send({ error: { code: answer.code, message: answer.message } });
}
