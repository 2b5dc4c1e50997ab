/** The shop's API as the suite speaks it. Methods that name a thing expect success; `send` hands out any answer. */
import { type APIRequestContext, type APIResponse, expect } from '@playwright/test';

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly password: string;
}
export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly priceCents: number;
  readonly stock: number;
}
export interface Cart {
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly lineCents: number }[];
  readonly coupon: string | null;
  readonly subtotalCents: number;
  readonly discountCents: number;
  readonly totalCents: number;
}
export interface Order extends Omit<Cart, 'lines'> {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly refundedCents: number;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export class ShopApi {
  readonly #request: APIRequestContext;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(request: APIRequestContext, headers: Readonly<Record<string, string>> = {}) {
    this.#request = request;
    this.#headers = headers;
  }

  /** The same API with these headers on every call. */
  with(headers: Readonly<Record<string, string>>): ShopApi {
    return new ShopApi(this.#request, { ...this.#headers, ...headers });
  }

  signedInWith(token: string): ShopApi {
    return this.with({ authorization: `Bearer ${token}` });
  }

  send(method: Method, path: string, data?: unknown): Promise<APIResponse> {
    return this.#request.fetch(path, { method, headers: this.#headers, ...(data === undefined ? {} : { data }) });
  }

  async signUp(account: Omit<Account, 'id'>): Promise<Account> {
    const answer = await this.#expectOk('POST', '/api/users', account);
    return { ...account, id: answer.id };
  }

  async signIn({ email, password }: Pick<Account, 'email' | 'password'>): Promise<string> {
    return (await this.#expectOk('POST', '/api/sessions', { email, password })).token;
  }

  /** Whether the session of this token goes on. */
  async knows(token: string): Promise<boolean> {
    return (await this.signedInWith(token).send('GET', '/api/users/me')).status() !== 401;
  }

  product(sku: string): Promise<Product> {
    return this.#expectOk('GET', `/api/products/${sku}`);
  }

  async stockOf(sku: string): Promise<number> {
    return (await this.#expectOk('GET', `/api/stock/${sku}`)).count;
  }

  cart(): Promise<Cart> {
    return this.#expectOk('GET', '/api/cart');
  }

  putInCart(sku: string, quantity = 1): Promise<Cart> {
    return this.#expectOk('PUT', `/api/cart/items/${sku}`, { quantity });
  }

  applyCoupon(code: string): Promise<Cart> {
    return this.#expectOk('PUT', '/api/cart/coupon', { code });
  }

  placeOrder(): Promise<Order> {
    return this.#expectOk('POST', '/api/orders', {});
  }

  /** Fills the cart with one product and orders it. */
  async order(sku: string, quantity = 1): Promise<Order> {
    await this.putInCart(sku, quantity);
    return this.placeOrder();
  }

  orderById(id: string): Promise<Order> {
    return this.#expectOk('GET', `/api/orders/${id}`);
  }

  payByCard(order: Order, card = '4242424242424242'): Promise<Order> {
    return this.#expectOk('POST', `/api/orders/${order.id}/payments`, { method: 'card', card });
  }

  payByInvoice(order: Order): Promise<Order> {
    return this.#expectOk('POST', `/api/orders/${order.id}/payments`, { method: 'invoice' });
  }

  refund(order: Order, refund: { amountCents?: number; restock?: boolean } = {}): Promise<Order> {
    return this.#expectOk('POST', `/api/orders/${order.id}/refunds`, { reason: 'the buyer asked', ...refund });
  }

  async remove(path: string): Promise<void> {
    await expect(await this.send('DELETE', path)).toBeOK();
  }

  // The caller's return type says what the shop answers: the suite is there to find out when it does not.
  async #expectOk(method: Method, path: string, data?: unknown) {
    const response = await this.send(method, path, data);
    await expect(response, `${method} ${path}`).toBeOK();
    return response.json();
  }
}
