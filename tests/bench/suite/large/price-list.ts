/** The supplier's price list, row by row until the wanted one is found. */
import { basename, dirname } from 'node:path';
import { openDatasets } from '@quality-hub/data';

export interface Price {
  readonly sku: string;
  readonly costCents: number;
}

export async function priceOf(file: string, sku: string): Promise<Price | undefined> {
  const prices = openDatasets({ folder: dirname(file) }).open<Price>(basename(file));
  return prices.find(price => price.sku === sku);
}
