/** A payment service that goes down and comes back, and counts who asks. */
import { startServer } from '@quality-hub/testkit';
import { onTestFinished } from 'vitest';

export interface PaymentService {
  readonly url: string;
  isDown: boolean;
  readonly requests: string[];
  readonly authorizations: string[];
}

export async function paymentService(): Promise<PaymentService> {
  const service = { url: '', isDown: false, requests: [] as string[], authorizations: [] as string[] };
  const server = await startServer((request, response) => {
    service.requests.push(`${request.method} ${request.url}`);
    const { authorization } = request.headers;
    if (authorization !== undefined) service.authorizations.push(authorization);
    response.statusCode = service.isDown ? 503 : 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ok: !service.isDown, seen: request.headers['x-seen'] ?? null }));
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  service.url = server.url;
  return service;
}
