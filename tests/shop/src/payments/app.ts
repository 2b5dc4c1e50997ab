/** The outside payment service: cards, captures, refunds, and keys that pay once. */
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ShopError } from '../domain/errors.ts';
import { answerTo } from '../http/error-answer.ts';
import { read } from '../http/input.ts';
import { createService, type ServiceLog } from '../http/service.ts';
import { createSwitchboard, type Switchboard } from '../switches/switchboard.ts';
import { incoming, strikeTraffic } from '../switches/traffic-faults.ts';

/** Cards that end in these digits are declined. */
export const declinedCardEnding = '0002';

const payment = z.strictObject({ amountCents: z.number().int().min(0), card: z.string().min(4) });
const refund = z.strictObject({ amountCents: z.number().int().min(1) });
const key = z.string({ error: 'the header idempotency-key is missing' }).min(1).max(200);

interface PaymentRow {
  readonly id: string;
  readonly amount_cents: number;
  readonly refunded_cents: number;
}

export function createPaymentsApp(options: { log?: ServiceLog; switchboard?: Switchboard } = {}): {
  app: FastifyInstance;
  switchboard: Switchboard;
} {
  const { log = {}, switchboard = createSwitchboard() } = options;
  const app = createService('payments', log);
  const database = new DatabaseSync(':memory:');
  database.exec(`CREATE TABLE payments (id TEXT PRIMARY KEY, key TEXT UNIQUE, amount_cents INTEGER, refunded_cents INTEGER);
    CREATE TABLE refunds (id TEXT PRIMARY KEY, key TEXT UNIQUE, payment_id TEXT, amount_cents INTEGER)`);
  app.addHook('onClose', async () => database.close());
  app.addHook('onRequest', async (request, reply) => {
    for (const { fault } of switchboard.strikesFor(incoming(request))) {
      if (await strikeTraffic(fault, request, reply)) return;
    }
  });
  app.setErrorHandler((error, request, reply) => {
    const { status, code, message, headers } = answerTo(error);
    if (status >= 500) request.log.error({ err: error, code }, 'the request failed');
    return reply.headers(headers).code(status).send({ error: { code, message } });
  });

  app.get('/health', async () => ({ status: 'ok' }));

  app.post('/payments', async (request, reply) => {
    const { amountCents, card } = read(payment, request.body);
    const idempotencyKey = read(key, request.headers['idempotency-key'] ?? null);
    const known = database.prepare('SELECT * FROM payments WHERE key = ?').get(idempotencyKey) as
      | PaymentRow
      | undefined;
    if (known) return reply.code(200).send(answerOf(known));
    if (card.endsWith(declinedCardEnding)) throw new ShopError(402, 'card_declined', 'The bank declined the card');
    const row: PaymentRow = { id: randomUUID(), amount_cents: amountCents, refunded_cents: 0 };
    database.prepare('INSERT INTO payments VALUES (?, ?, ?, 0)').run(row.id, idempotencyKey, amountCents);
    return reply.code(201).send(answerOf(row));
  });

  app.get('/payments/:id', async request => answerOf(findPayment(database, request.params)));

  app.post('/payments/:id/refunds', async (request, reply) => {
    const { amountCents } = read(refund, request.body);
    const idempotencyKey = read(key, request.headers['idempotency-key'] ?? null);
    const row = findPayment(database, request.params);
    if (database.prepare('SELECT id FROM refunds WHERE key = ?').get(idempotencyKey)) return reply.send(answerOf(row));
    if (row.refunded_cents + amountCents > row.amount_cents) {
      throw new ShopError(
        409,
        'refund_too_high',
        `Payment ${row.id} has only ${row.amount_cents - row.refunded_cents} left`,
      );
    }
    database.prepare('INSERT INTO refunds VALUES (?, ?, ?, ?)').run(randomUUID(), idempotencyKey, row.id, amountCents);
    database.prepare('UPDATE payments SET refunded_cents = refunded_cents + ? WHERE id = ?').run(amountCents, row.id);
    return reply.code(201).send(answerOf(findPayment(database, request.params)));
  });
  return { app, switchboard };
}

function findPayment(database: DatabaseSync, params: unknown): PaymentRow {
  const { id } = read(z.object({ id: z.string() }), params);
  const row = database.prepare('SELECT * FROM payments WHERE id = ?').get(id) as PaymentRow | undefined;
  if (!row) throw new ShopError(404, 'not_found', `No payment ${id}`);
  return row;
}

function answerOf({ id, amount_cents: amountCents, refunded_cents: refundedCents }: PaymentRow): object {
  return {
    id,
    status: refundedCents >= amountCents && amountCents > 0 ? 'refunded' : 'captured',
    amountCents,
    refundedCents,
  };
}
