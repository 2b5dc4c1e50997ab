/** The services that the suite tests: two that know its keys, with bugs of their own, and one that takes none of them. */
import { type LocalServer, startServer } from '@quality-hub/testkit';
import type { Site } from './suite/site.ts';

export const ORDERS_KEY = 'orders-kL7vTt-0815';
export const BILLING_KEY = 'billing-pQ2xZ9-4711';

type Answer = readonly [status: number, body: object];

const ORDERS: Readonly<Record<string, Answer>> = {
  'GET /orders': [200, { total: 3 }],
  // A bug as well: everybody is let in.
  'GET /open': [200, { hello: 'anybody' }],
  'GET /stock': [200, { items: ['lamp'] }],
  'GET /greeting': [200, { greeting: 'Welcome, your session has expired twice this week' }],
  'POST /customers': [409, { error: 'a customer with this email already exists' }],
  // The bug: it looks for the token where nobody puts it.
  'GET /reports': [401, { error: 'no token' }],
  'GET /admin/users': [403, { error: 'the role of this user does not allow it' }],
};
/** Of its own: whoever asks it too often does not ask the others less. */
const UNWELL: Readonly<Record<string, Answer>> = {
  'GET /overloaded': [503, { error: 'try again later' }],
};
const BROKEN: Readonly<Record<string, Answer>> = {
  'GET /broken': [500, { error: 'TypeError: total is undefined' }],
};
const BILLING: Readonly<Record<string, Answer>> = {
  'GET /invoices': [200, { invoices: [] }],
  'GET /accounts': [200, { accounts: [] }],
  'GET /export': [401, { error: 'unauthorized' }],
};
const STRICT: Readonly<Record<string, Answer>> = {
  'GET /suspended': [403, { error: 'access denied: this key was revoked' }],
  'POST /login': [401, { error: 'invalid credentials' }],
  'POST /oauth/token': [401, { error: 'invalid_client' }],
};

const NOT_FOUND = { error: 'not found' };
const OVER = { error: 'jwt expired' };

export interface Services extends AsyncDisposable {
  readonly addresses: Pick<Site, 'orders' | 'billing' | 'unwell' | 'broken' | 'strict' | 'nobody'>;
}

export async function startServices(): Promise<Services> {
  const orders = await startService(ORDERS, ({ authorization }) => authorization === `Bearer ${ORDERS_KEY}`);
  const billing = await startService(BILLING, headers => headers['x-api-key'] === BILLING_KEY);
  const unwell = await startService(UNWELL, ({ authorization }) => authorization === `Bearer ${ORDERS_KEY}`);
  const broken = await startService(BROKEN, ({ authorization }) => authorization === `Bearer ${ORDERS_KEY}`);
  const strict = await startService(STRICT, () => false);
  const nobody = await startServer(() => {});
  await nobody.close();
  const all = [orders, billing, unwell, broken, strict];
  return {
    addresses: {
      orders: orders.url,
      billing: billing.url,
      unwell: unwell.url,
      broken: broken.url,
      strict: strict.url,
      nobody: nobody.url,
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map(each => each.close()));
    },
  };
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

function startService(
  routes: Readonly<Record<string, Answer>>,
  knows: (headers: Headers) => boolean,
): Promise<LocalServer> {
  return startServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const route = routes[`${request.method} ${path}`];
    const isLetIn = path === '/open' || knows(request.headers);
    const [status, body] = isLetIn ? (route ?? [404, NOT_FOUND]) : route && route[0] >= 400 ? route : [401, OVER];
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  });
}
