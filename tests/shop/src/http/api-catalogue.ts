/** Products, stock and coupons. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  addProduct,
  changePrice,
  countStock,
  findProduct,
  listCategories,
  listProducts,
  removeProduct,
  setStock,
} from '../domain/catalogue.ts';
import { addCoupon, findCoupon, removeCoupon } from '../domain/coupons.ts';
import { FencingTokens } from '../domain/fencing-tokens.ts';
import { read } from './input.ts';
import { shopOf } from './shop-of.ts';
import { requireRole } from './token.ts';

export const catalogueQuery = z.object({
  search: z.string().max(80).optional(),
  category: z.string().max(80).optional(),
  sort: z.enum(['name', 'price', '-price']).optional(),
  page: z.coerce.number().int().min(1).optional(),
  pageSize: z.coerce.number().int().min(1).max(100).optional(),
});
const cents = z.number().int().min(0).max(10_000_000);
const count = z.number().int().min(0).max(1_000_000);
const sku = z.string().regex(/^[A-Z0-9-]{3,40}$/, 'a sku has 3 to 40 capital letters, digits and dashes');
const newProduct = z.strictObject({
  sku,
  name: z.string().min(1).max(120),
  category: z.string().min(1).max(80),
  description: z.string().max(2000).default(''),
  priceCents: cents,
  stock: count,
});
const newCoupon = z.strictObject({
  code: z.string().regex(/^[A-Za-z0-9-]{3,40}$/),
  percent: z.number().int().min(1).max(100),
  maxUses: z.number().int().min(0).max(1_000_000),
  expiresAt: z.iso.datetime(),
});
const skuParam = z.object({ sku: z.string() });
const codeParam = z.object({ code: z.string() });

export function addCatalogueRoutes(app: FastifyInstance): void {
  const fencing = new FencingTokens();
  app.get('/api/products', async request => {
    const query = read(catalogueQuery, request.query);
    return { ...(await listProducts(shopOf(request), query)), page: query.page ?? 1 };
  });
  app.get('/api/categories', async request => ({ categories: await listCategories(shopOf(request)) }));
  app.get('/api/products/:sku', async request => findProduct(shopOf(request), read(skuParam, request.params).sku));

  app.post('/api/products', async (request, reply) => {
    await requireRole(request, 'staff');
    const product = await addProduct(shopOf(request), read(newProduct, request.body));
    return reply.code(201).send(product);
  });
  app.patch('/api/products/:sku', async request => {
    await requireRole(request, 'staff');
    const { priceCents } = read(z.strictObject({ priceCents: cents }), request.body);
    return changePrice(shopOf(request), read(skuParam, request.params).sku, priceCents);
  });
  app.delete('/api/products/:sku', async (request, reply) => {
    await requireRole(request, 'staff');
    await removeProduct(shopOf(request), read(skuParam, request.params).sku);
    return reply.code(204).send();
  });

  app.get('/api/stock/:sku', async request => {
    const { sku } = read(skuParam, request.params);
    return { sku, count: await countStock(shopOf(request), sku) };
  });
  app.put('/api/stock/:sku', async request => {
    await requireRole(request, 'staff', 'warehouse');
    const { sku } = read(skuParam, request.params);
    const { count: wanted } = read(z.strictObject({ count }), request.body);
    fencing.check(request.headers['x-qh-fencing-token']);
    return { sku, count: await setStock(shopOf(request), sku, wanted) };
  });

  app.get('/api/coupons/:code', async request => findCoupon(request.database, read(codeParam, request.params).code));
  app.post('/api/coupons', async (request, reply) => {
    await requireRole(request, 'staff');
    return reply.code(201).send(await addCoupon(shopOf(request), read(newCoupon, request.body)));
  });
  app.delete('/api/coupons/:code', async (request, reply) => {
    await requireRole(request, 'staff');
    await removeCoupon(shopOf(request), read(codeParam, request.params).code);
    return reply.code(204).send();
  });
}
