/** A large file of test data: the price list of a supplier, one product in each line. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Those of the shop, spread over the list. */
const SOLD = ['MUG-BLUE', 'TEA-ASSAM', 'KETTLE', 'GIFT-BOX'];

export async function writePriceList(path: string, rows: number): Promise<void> {
  const every = Math.floor(rows / (SOLD.length + 1));
  await pipeline(
    Readable.from(
      (function* () {
        for (let row = 0; row < rows; row++) {
          const sold = row > 0 && row % every === 0 ? SOLD[row / every - 1] : undefined;
          const sku = sold ?? `SUPPLY-${row}`;
          yield `${JSON.stringify({ sku, costCents: 99, name: `Article ${row} of the supplier`, packs: [1, 6, 24], ean: 4_000_000_000_000 + row })}\n`;
        }
      })(),
    ),
    createWriteStream(path),
  );
}
