/** Several rows at a time. */
import { OptionError } from '@quality-hub/protocol';

/** Lists of `size` rows, the last one of what is left. @throws {OptionError} (`QH_OPTION`) */
export async function* batches<T>(rows: AsyncIterable<T> | Iterable<T>, size: number): AsyncGenerator<readonly T[]> {
  if (!Number.isInteger(size) || size < 1) {
    throw new OptionError('batches', [`size is ${size}, expected a whole number of at least 1`]);
  }
  let batch: T[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
