/** The files of test data of a suite. */
import type { Cache } from '@quality-hub/state/cache';
import { Dataset } from './dataset.ts';
import { type DatasetDefinition, type DatasetOptions, dataset } from './definition.ts';

const MAX_BYTES = 128 * 1_048_576;

export interface DatasetsOptions {
  /** Paths are from here. @default the working directory */
  readonly folder?: string;
  /** Where parsed rows are kept, also between runs; asked for with the first use. @default nowhere */
  readonly cache?: () => Promise<Cache | undefined>;
  /** Most bytes of one dataset that is held as a whole, estimated. @default 134217728 */
  readonly maxBytes?: number;
  /** Who reads, for messages: the title of the test that runs. */
  readonly by?: () => string | undefined;
  /** Wall clock in milliseconds. @default Date.now */
  readonly now?: () => number;
}

export interface Datasets {
  /**
   * The dataset that a definition says, or a file of any rows.
   *
   * @throws {DatasetError} (`QH_DATASET_FORMAT`) for a name that tells no format.
   */
  open<T>(definition: DatasetDefinition<T>): Dataset<T>;
  open<T = unknown>(path: string, options?: DatasetOptions<T>): Dataset<T>;
}

/** Each definition is read once in a process, however often it is opened. */
export function openDatasets(options: DatasetsOptions = {}): Datasets {
  const { folder = process.cwd(), cache = async () => undefined, maxBytes = MAX_BYTES } = options;
  const { by = () => undefined, now = Date.now } = options;
  const byDefinition = new WeakMap<object, Dataset<unknown>>();
  const byPath = new Map<string, Dataset<unknown>>();
  const make = <T>(definition: DatasetDefinition<T>): Dataset<T> =>
    new Dataset(definition, { folder, cache, maxBytes, by, now });
  return {
    open<T>(what: string | DatasetDefinition<T>, given?: DatasetOptions<T>): Dataset<T> {
      if (typeof what === 'string' && given !== undefined) return make(dataset(what, given));
      const known = typeof what === 'string' ? byPath.get(what) : byDefinition.get(what);
      if (known !== undefined) return known as Dataset<T>;
      const made = make(typeof what === 'string' ? dataset<T>(what) : what);
      if (typeof what === 'string') byPath.set(what, made as Dataset<unknown>);
      else byDefinition.set(what, made as Dataset<unknown>);
      return made;
    },
  };
}
