/** Many at once, but not all. */

/** Runs `work` for each item, at most `limit` at the same time, and waits for all: none of them is left alone. */
export async function settleAll<Item, T>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number) => Promise<T>,
): Promise<readonly PromiseSettledResult<T>[]> {
  const results: PromiseSettledResult<T>[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      const [result] = await Promise.allSettled([work(items[index] as Item, index)]);
      results[index] = result as PromiseSettledResult<T>;
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}

/** The values of all, or the first error, once nothing runs any more. */
export async function allOf<Item, T>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number) => Promise<T>,
): Promise<readonly T[]> {
  const results = await settleAll(items, limit, work);
  const failed = results.find(result => result.status === 'rejected');
  if (failed) throw failed.reason;
  return results.map(result => (result as PromiseFulfilledResult<T>).value);
}
