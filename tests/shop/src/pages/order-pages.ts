/** The cart, the orders, one order. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Cart, findCart } from '../domain/carts.ts';
import { findOrder, listOrders, type Order } from '../domain/orders.ts';
import { formatEuro, type Price } from '../domain/pricing.ts';
import { read } from '../http/input.ts';
import { shopOf } from '../http/shop-of.ts';
import { requireUser } from '../http/token.ts';
import { cartIdOf } from '../http/visitor-cart.ts';
import { type Html, html } from './html.ts';
import { sendPage } from './send-page.ts';

export function addOrderPages(app: FastifyInstance): void {
  app.get('/cart', async (request, reply) => {
    const cart = await findCart(shopOf(request), await cartIdOf(request, reply));
    const body = cart.lines.length === 0 ? html`<p>The cart is empty.</p>` : cartBody(cart);
    return sendPage(request, reply, { title: 'Cart', body });
  });

  app.get('/orders', async (request, reply) => {
    const user = await requireUser(request);
    const orders = await listOrders(shopOf(request), user.id);
    const body =
      orders.length === 0
        ? html`<p>No orders yet.</p>`
        : html`<table><thead><tr><th>Number</th><th>Status</th><th>Total</th></tr></thead><tbody>${orders.map(orderRow)}</tbody></table>`;
    return sendPage(request, reply, { title: 'Orders', body });
  });

  app.get('/orders/:id', async (request, reply) => {
    const user = await requireUser(request);
    const order = await findOrder(shopOf(request), user.id, read(z.object({ id: z.string() }), request.params).id);
    return sendPage(request, reply, { title: `Order ${order.number}`, body: orderBody(order) });
  });
}

function cartBody(cart: Cart): Html {
  return html`
    <table><thead><tr><th>Product</th><th>Price</th><th>Quantity</th><th>Sum</th><th></th></tr></thead>
    <tbody>${cart.lines.map(
      line => html`<tr><th>${line.name}</th><td>${formatEuro(line.priceCents)}</td>
        <td><form data-action="changeQuantity" data-sku="${line.sku}">
          <input aria-label="Quantity of ${line.name}" name="quantity" type="number" min="0" max="99" value="${line.quantity}">
          <button disabled>Update</button></form></td>
        <td>${formatEuro(line.lineCents)}</td>
        <td><form data-action="removeFromCart" data-sku="${line.sku}"><button disabled>Remove</button></form></td></tr>`,
    )}</tbody></table>
    ${priceList(cart)}
    <form data-action="applyCoupon"><label>Coupon <input name="code" value="${cart.coupon ?? ''}"></label> <button disabled>Apply</button></form>
    <form data-action="placeOrder"><button disabled>Place order</button></form>`;
}

function priceList({ subtotalCents, discountCents, totalCents }: Price): Html {
  return html`<dl><dt>Subtotal</dt><dd data-testid="subtotal">${formatEuro(subtotalCents)}</dd>
    <dt>Discount</dt><dd data-testid="discount">${formatEuro(discountCents)}</dd>
    <dt>Total</dt><dd data-testid="total">${formatEuro(totalCents)}</dd></dl>`;
}

function orderRow(order: Order): Html {
  return html`<tr><td><a href="/orders/${order.id}">${order.number}</a></td><td>${order.status}</td><td>${formatEuro(order.totalCents)}</td></tr>`;
}

function orderBody(order: Order): Html {
  const actions = html`
    <form data-action="payByCard" data-order="${order.id}"><label>Card number <input name="card" inputmode="numeric"></label>
      <button disabled>Pay by card</button></form>
    <form data-action="payByInvoice" data-order="${order.id}"><button disabled>Pay by invoice</button></form>
    <form data-action="cancelOrder" data-order="${order.id}"><button disabled>Cancel order</button></form>`;
  return html`
    <p>Status: <strong data-testid="status">${order.status}</strong></p>
    <ul aria-label="Lines">${order.lines.map(line => html`<li>${line.quantity} × ${line.name}</li>`)}</ul>
    ${priceList(order)}
    ${order.status === 'open' ? actions : undefined}`;
}
