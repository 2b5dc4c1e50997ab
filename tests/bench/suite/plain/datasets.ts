/** Files of test data, read whole. */
import { readFileSync } from 'node:fs';

export interface Sold {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly priceCents: number;
}

export const catalogue = new URL('../../../e2e/data/catalogue.csv', import.meta.url);

export function readCatalogue(file: URL): readonly Sold[] {
  const [, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map(line => {
    const [sku = '', name = '', category = '', priceCents] = line.split(',');
    return { sku, name, category, priceCents: Number(priceCents) };
  });
}
