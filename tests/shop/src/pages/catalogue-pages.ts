/** The catalogue, one product, the lookbook. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { findProduct, listCategories, listProducts, type Product } from '../domain/catalogue.ts';
import { formatEuro } from '../domain/pricing.ts';
import { catalogueQuery } from '../http/api-catalogue.ts';
import { read } from '../http/input.ts';
import { shopOf } from '../http/shop-of.ts';
import { type Html, html } from './html.ts';
import { sendPage } from './send-page.ts';

export function addCataloguePages(app: FastifyInstance): void {
  app.get('/', async (request, reply) => {
    const query = read(catalogueQuery, request.query);
    const { products, total } = await listProducts(shopOf(request), query);
    const categories = await listCategories(shopOf(request));
    const body = html`
      <form role="search"><label>Search <input name="search" value="${query.search ?? ''}"></label> <button>Search</button></form>
      <nav aria-label="Categories">${categories.map(name => html`<a href="/?category=${encodeURIComponent(name)}">${name}</a> `)}</nav>
      <p>${total} ${total === 1 ? 'product' : 'products'}</p>
      <ul class="products" aria-label="Products">${products.map(card)}</ul>`;
    return sendPage(request, reply, { title: 'Catalogue', body });
  });

  app.get('/products/:sku', async (request, reply) => {
    const product = await findProduct(shopOf(request), read(z.object({ sku: z.string() }), request.params).sku);
    const body = html`
      <p>${product.description}</p>
      <p>Price: <strong>${formatEuro(product.priceCents)}</strong></p>
      <p>${product.stock > 0 ? `${product.stock} in stock` : 'Sold out'}</p>
      <form data-action="addToCart" data-sku="${product.sku}" data-name="${product.name}">
        <label>Quantity <input name="quantity" type="number" min="1" max="99" value="1"></label>
        <button disabled>Add to cart</button>
      </form>`;
    return sendPage(request, reply, { title: product.name, body });
  });

  app.get('/lookbook', async (request, reply) => {
    const { products } = await listProducts(shopOf(request), { sort: '-price', pageSize: 3 });
    const body = html`<p>What we like most this week.</p><ul class="products" aria-label="Looks">${products.map(card)}</ul>`;
    return sendPage(request, reply, { title: 'Lookbook', body });
  });
}

function card(product: Product): Html {
  return html`<li><h2><a href="/products/${product.sku}">${product.name}</a></h2>
    <p>${formatEuro(product.priceCents)}</p><p>${product.stock > 0 ? 'In stock' : 'Sold out'}</p></li>`;
}
