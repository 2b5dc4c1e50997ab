/**
 * The shop's only script: buttons that talk to the API and say what happened. The server sends them disabled, so that
 * a quick click does not send the form the browser's way before this script is there.
 */

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  const answer = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw new Error(answer.error?.message ?? `The shop answered ${response.status}`);
  return answer;
}

function say(text, failed = false) {
  const place = document.getElementById('message');
  place.setAttribute('role', failed ? 'alert' : 'status');
  place.textContent = text;
}

const actions = {
  async addToCart({ sku, name }, form) {
    const quantity = Number(form.elements.quantity.value);
    await call('PUT', `/api/cart/items/${sku}`, { quantity });
    say(`${quantity} × ${name} in the cart`);
  },
  async changeQuantity({ sku }, form) {
    await call('PUT', `/api/cart/items/${sku}`, { quantity: Number(form.elements.quantity.value) });
    location.reload();
  },
  async removeFromCart({ sku }) {
    await call('DELETE', `/api/cart/items/${sku}`);
    location.reload();
  },
  async applyCoupon(_, form) {
    await call('PUT', '/api/cart/coupon', { code: form.elements.code.value });
    location.reload();
  },
  async placeOrder() {
    const order = await call('POST', '/api/orders', {});
    location.assign(`/orders/${order.id}`);
  },
  async payByCard({ order }, form) {
    await call('POST', `/api/orders/${order}/payments`, { method: 'card', card: form.elements.card.value });
    location.reload();
  },
  async payByInvoice({ order }) {
    await call('POST', `/api/orders/${order}/payments`, { method: 'invoice' });
    location.reload();
  },
  async cancelOrder({ order }) {
    await call('POST', `/api/orders/${order}/cancel`, {});
    location.reload();
  },
  async setStock({ sku, name }, form) {
    const { count } = await call('PUT', `/api/stock/${sku}`, { count: Number(form.elements.count.value) });
    say(`${count} × ${name} in stock`);
  },
};

for (const form of document.querySelectorAll('form[data-action]')) {
  const button = form.querySelector('button');
  form.addEventListener('submit', async event => {
    event.preventDefault();
    button.disabled = true;
    try {
      await actions[form.dataset.action](form.dataset, form);
    } catch (error) {
      say(error.message, true);
    } finally {
      button.disabled = false;
    }
  });
  button.disabled = false;
}
