/** Files of test data of the suite. */
import { dataset, unique } from '@quality-hub/test/data';
import { z } from 'zod';

/** What the shop sells before any test has begun. */
export const catalogue = dataset('data/catalogue.csv', {
  schema: z.object({ sku: z.string(), name: z.string(), category: z.string(), priceCents: z.coerce.number() }),
  rules: [unique('sku')],
});
