import { expect, test } from 'vitest';
import { createPaymentsApp } from './app.ts';

async function open() {
  const { app } = createPaymentsApp({ log: { level: 'silent' } });
  const send = async (url: string, payload: object, key?: string) => {
    const headers = key ? { 'idempotency-key': key } : {};
    const response = await app.inject({ method: 'POST', url, headers, payload });
    return { status: response.statusCode, body: response.json() };
  };
  const get = async (url: string) => {
    const response = await app.inject({ url });
    return { status: response.statusCode, body: response.json() };
  };
  return { send, get, [Symbol.asyncDispose]: () => app.close() };
}

test('one key pays once', async () => {
  await using service = await open();
  const first = await service.send('/payments', { amountCents: 100, card: '4242' }, 'k1');
  const again = await service.send('/payments', { amountCents: 100, card: '4242' }, 'k1');
  expect(first.status).toBe(201);
  expect(again).toEqual({ status: 200, body: first.body });
});

test('a payment without a key is refused', async () => {
  await using service = await open();
  const answer = await service.send('/payments', { amountCents: 100, card: '4242' });
  expect(answer).toMatchObject({ status: 400, body: { error: { message: 'the header idempotency-key is missing' } } });
});

test('a card may be declined', async () => {
  await using service = await open();
  const answer = await service.send('/payments', { amountCents: 100, card: '4000000000000002' }, 'k1');
  expect(answer).toMatchObject({ status: 402, body: { error: { code: 'card_declined' } } });
});

test('a refund is paid once per key and never beyond the payment', async () => {
  await using service = await open();
  const { body } = await service.send('/payments', { amountCents: 100, card: '4242' }, 'k1');
  const url = `/payments/${body.id}/refunds`;
  expect((await service.send(url, { amountCents: 60 }, 'r1')).body.refundedCents).toBe(60);
  expect((await service.send(url, { amountCents: 60 }, 'r1')).body.refundedCents).toBe(60);
  expect((await service.send(url, { amountCents: 60 }, 'r2')).body.error.code).toBe('refund_too_high');
  expect((await service.send(url, { amountCents: 40 }, 'r3')).body.status).toBe('refunded');
  expect((await service.get(`/payments/${body.id}`)).body.refundedCents).toBe(100);
  expect((await service.get('/payments/unknown')).status).toBe(404);
  expect((await service.get('/health')).body).toEqual({ status: 'ok' });
});
