/** The control API: `/_switches`, on its own port, for those who know the token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ShopError } from '../domain/errors.ts';
import { answerTo } from '../http/error-answer.ts';
import { read } from '../http/input.ts';
import { switchSchema } from '../switches/schema.ts';
import type { SwitchKeeper } from './switch-keeper.ts';

const idParam = z.object({ id: z.string().regex(/^[\w.-]{1,80}$/) });

export function createControlServer(keeper: SwitchKeeper, token: string): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  app.addHook('onRequest', async request => {
    if (!isSame(request.headers.authorization ?? '', `Bearer ${token}`)) {
      throw new ShopError(401, 'token_unknown', 'The control API needs the token of SHOP_CONTROL_TOKEN');
    }
  });
  app.setErrorHandler((error, _request, reply) => {
    const { status, code, message } = answerTo(error);
    const told = status < 500 ? message : error instanceof Error ? error.message : String(error);
    return reply.code(status).send({ error: { code, message: told } });
  });

  app.get('/_switches', async () => ({ switches: await keeper.list() }));
  app.put('/_switches/:id', async request => {
    const { id } = read(idParam, request.params);
    return keeper.put(id, read(switchSchema, request.body));
  });
  app.delete('/_switches/:id', async (request, reply) => {
    const { id } = read(idParam, request.params);
    if (!(await keeper.remove(id))) throw new ShopError(404, 'not_found', `No switch ${id}`);
    return reply.code(204).send();
  });
  app.delete('/_switches', async (_request, reply) => {
    await keeper.removeAll();
    return reply.code(204).send();
  });
  return app;
}

function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
