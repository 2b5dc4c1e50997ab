/** An order with four relations, by our factories and as the bare calls of faker in it. */
import type { AnyFactory } from '@quality-hub/data';
import { belongsTo, define } from '@quality-hub/data/define';

/** The part of faker that both call. */
interface FakerCalls {
  readonly person: { firstName(): string; lastName(): string };
  readonly location: { street(): string; city(): string; zipCode(): string };
  readonly company: { name(): string };
  readonly commerce: { productName(): string };
  readonly number: { int(range: { min: number; max: number }): number };
  readonly date: { recent(): Date };
  readonly lorem: { sentence(): string };
}

/** A schema that takes everything: building checks nothing, so that what a schema costs is no part of it. */
function anything<T>() {
  return {
    '~standard': {
      version: 1,
      vendor: 'bench',
      validate: (value: unknown) => ({ value: value as T }),
      types: undefined as unknown as { readonly input: T; readonly output: T },
    },
  } as const;
}

/** Registered once: names of factories are unique in a process. */
export function orderFactory(): AnyFactory {
  const address = define('bench address', {
    schema: anything<{ id: string; street: string; city: string; zip: string }>(),
    build: ({ faker }) => ({
      street: faker.location.street(),
      city: faker.location.city(),
      zip: faker.location.zipCode(),
    }),
  });
  const buyer = define('bench buyer', {
    schema: anything<{ id: string; first: string; last: string; email: string }>(),
    build: ({ faker, unique }) => ({
      first: faker.person.firstName(),
      last: faker.person.lastName(),
      email: `${unique('buyer')}@shop.example`,
    }),
  });
  const seller = define('bench seller', {
    schema: anything<{ id: string; name: string }>(),
    build: ({ faker }) => ({ name: faker.company.name() }),
  });
  const product = define('bench product', {
    schema: anything<{ id: string; name: string; sku: string; cents: number }>(),
    build: ({ faker, unique }) => ({
      name: faker.commerce.productName(),
      sku: unique('sku'),
      cents: faker.number.int({ min: 1, max: 10_000 }),
    }),
  });
  return define('bench order', {
    schema: anything<{
      id: string;
      buyerId: string;
      sellerId: string;
      productId: string;
      addressId: string;
      quantity: number;
      at: Date;
      note: string;
    }>(),
    relations: {
      buyer: belongsTo(buyer),
      seller: belongsTo(seller),
      product: belongsTo(product),
      address: belongsTo(address),
    },
    build: ({ faker, related }) => ({
      buyerId: related.buyer.id,
      sellerId: related.seller.id,
      productId: related.product.id,
      addressId: related.address.id,
      quantity: faker.number.int({ min: 1, max: 9 }),
      at: faker.date.recent(),
      note: faker.lorem.sentence(),
    }),
  });
}

/** The same calls, and nothing else. */
export function bareCalls(faker: FakerCalls): unknown {
  return [
    faker.location.street(),
    faker.location.city(),
    faker.location.zipCode(),
    faker.person.firstName(),
    faker.person.lastName(),
    faker.company.name(),
    faker.commerce.productName(),
    faker.number.int({ min: 1, max: 10_000 }),
    faker.number.int({ min: 1, max: 9 }),
    faker.date.recent(),
    faker.lorem.sentence(),
  ];
}
