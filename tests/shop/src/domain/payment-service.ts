/** The outside payment service, called over HTTP. */
import { ShopError } from './errors.ts';

export interface PaymentService {
  /** The same key pays once, however often it is sent. */
  pay(payment: { amountCents: number; card: string; idempotencyKey: string }): Promise<{ id: string }>;
  refund(paymentId: string, refund: { amountCents: number; idempotencyKey: string }): Promise<void>;
}

export interface PaymentServiceOptions {
  readonly url: string;
  readonly timeoutMs: number;
  /** Sent along, so that both services log one trace. */
  readonly traceparent: string | undefined;
}

/**
 * @throws {ShopError} `payment_declined` (402), `payment_unavailable` (502: no answer, or a bad one),
 * `payment_timeout` (504).
 */
export function connectPaymentService(options: PaymentServiceOptions): PaymentService {
  return {
    async pay({ amountCents, card, idempotencyKey }) {
      const body = await post(options, '/payments', idempotencyKey, { amountCents, card });
      return { id: String(body['id']) };
    },
    async refund(paymentId, { amountCents, idempotencyKey }) {
      await post(options, `/payments/${paymentId}/refunds`, idempotencyKey, { amountCents });
    },
  };
}

async function post(
  { url, timeoutMs, traceparent }: PaymentServiceOptions,
  path: string,
  idempotencyKey: string,
  body: object,
): Promise<Record<string, unknown>> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url + path, {
      method: 'POST',
      signal,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
        ...(traceparent ? { traceparent } : {}),
      },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (response.ok) return answer;
    if (response.status === 402) throw new ShopError(402, 'payment_declined', 'The card was declined');
    throw new ShopError(502, 'payment_unavailable', `The payment service answered ${response.status}`);
  } catch (error) {
    if (error instanceof ShopError) throw error;
    if (signal.aborted) {
      throw new ShopError(504, 'payment_timeout', `The payment service did not answer within ${timeoutMs} ms`);
    }
    throw new ShopError(502, 'payment_unavailable', `The payment service cannot be reached: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
