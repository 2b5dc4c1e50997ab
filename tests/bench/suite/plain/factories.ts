/** Names and values of test data, made up by hand. */
export interface Kind<T> {
  build(unique: (word?: string) => string): T;
}

interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}
interface NewProduct {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly priceCents: number;
  readonly stock: number;
}

export const account: Kind<NewAccount> = {
  build: unique => {
    const word = unique('buyer');
    return { email: `${word}@shop.example`, name: `Buyer ${word}`, password: `pass-${word}` };
  },
};
export const product: Kind<NewProduct> = {
  build: unique => {
    const word = unique('tin');
    return { sku: `TEST-${word.toUpperCase()}`, name: `Tin ${word}`, category: 'Tests', priceCents: 1250, stock: 10 };
  },
};
