/** The supplier's price list, read whole. */
import { readFileSync } from 'node:fs';

export interface Price {
  readonly sku: string;
  readonly costCents: number;
}

export async function priceOf(file: string, sku: string): Promise<Price | undefined> {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map(line => JSON.parse(line) as Price).find(price => price.sku === sku);
}
