/** What a file of test data holds, said once: its shape, its rules, its version. */
import type { StandardSchema } from '@quality-hub/config';
import { OptionError } from '@quality-hub/protocol';
import type { Migrations } from '../versions/migrations.ts';
import { formatOf } from './dataset-format.ts';
import type { DatasetRule } from './rules.ts';

/** A schema of zod, or of anything else that keeps https://standardschema.dev. */
export interface RowSchema<T> {
  readonly '~standard': Pick<StandardSchema<unknown, T>['~standard'], 'validate'>;
}

export interface DatasetOptions<T> {
  /** What a row is; what it makes of a row is what readers get. */
  readonly schema?: RowSchema<T>;
  /** What holds beyond the shape of one row. */
  readonly rules?: readonly DatasetRule<NoInfer<T>>[];
  /**
   * Of the rows that the schema takes, from 1. A file says its own: `{ "$dataset": { "version": 2 } }` as first line of NDJSON or
   * beside `rows` in JSON and YAML, `# dataset version 2` as first line of CSV.
   * @default 1
   */
  readonly version?: number;
  /** From the version of the file to this one, row by row. */
  readonly migrations?: Migrations;
  /** Between the values of CSV. @default ',', or a tab for .tsv */
  readonly delimiter?: string;
}

export interface DatasetDefinition<T> extends DatasetOptions<T> {
  /** From the folder of the configuration. */
  readonly path: string;
}

/**
 * A file of test data: JSON, NDJSON, CSV or YAML by its name, also packed (`.gz`). Reads nothing by itself.
 *
 * @example const customers = dataset('data/customers.csv', { schema: customer, rules: [unique('email')] });
 * @throws {DatasetError} (`QH_DATASET_FORMAT`) @throws {OptionError} (`QH_OPTION`)
 */
export function dataset<T = unknown>(path: string, options: DatasetOptions<T> = {}): DatasetDefinition<T> {
  formatOf(path);
  const { version = 1 } = options;
  if (!Number.isInteger(version) || version < 1) {
    throw new OptionError(`dataset ${path}`, [`version is ${version}, expected 1, 2, …`]);
  }
  return Object.freeze({ ...options, path });
}
