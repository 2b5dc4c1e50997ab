/** Tests of the same run that pass: what they were let in with is in order. */
import { expect, test } from '@quality-hub/test';

for (const round of [1, 2, 3, 4]) {
  test(`neighbour orders ${round}`, async ({ clients }) => {
    for (const path of ['/orders', '/stock', '/greeting']) expect(await clients.orders?.get(path).json()).toBeTruthy();
  });
  test(`neighbour billing ${round}`, async ({ clients }) => {
    for (const path of ['/invoices', '/accounts']) expect(await clients.billing?.get(path).json()).toBeTruthy();
  });
}
