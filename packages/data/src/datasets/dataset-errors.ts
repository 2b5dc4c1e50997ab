/** What can be wrong with a file of test data. */
import { QualityHubError } from '@quality-hub/protocol';

/** One place of a file that is not as it should be. */
export interface Violation {
  /** From 1; undefined where the format has no lines. */
  readonly line?: number;
  /** Which row, from 1. */
  readonly row: number;
  /** `items[2].price`; empty for the whole row. */
  readonly path: string;
  readonly message: string;
}

export type DatasetErrorCode = 'QH_DATASET_READ' | 'QH_DATASET_FORMAT' | 'QH_DATASET_INVALID';

/**
 * A file of test data cannot be read (`QH_DATASET_READ`), is not in its format (`QH_DATASET_FORMAT`), or breaks its schema or its
 * rules (`QH_DATASET_INVALID`).
 */
export class DatasetError extends QualityHubError {
  declare readonly code: DatasetErrorCode;
  /** All of them, up to 10,000. */
  readonly violations: readonly Violation[];

  constructor(
    code: DatasetErrorCode,
    message: string,
    hint: string,
    { violations = [], cause }: { readonly violations?: readonly Violation[]; readonly cause?: unknown } = {},
  ) {
    super(message, { code, hint, ...(cause === undefined ? {} : { cause }) });
    this.violations = violations;
  }
}

/** More are in the error, not in its message. */
const SHOWN = 20;

/** @param total With those that are not in `violations`. */
export function invalidDataset(path: string, violations: readonly Violation[], total: number): DatasetError {
  const told = violations.slice(0, SHOWN).map(violationText);
  const rest = total > told.length ? [`and ${total - told.length} more`] : [];
  return new DatasetError(
    'QH_DATASET_INVALID',
    `${path} has ${total === 1 ? 'one violation' : `${total} violations`}: ${[...told, ...rest].join('; ')}`,
    'Correct the file, or its schema and rules',
    { violations },
  );
}

/** `line 4: email: Invalid email address` */
export function violationText({ line, row, path, message }: Violation): string {
  const place = line === undefined ? `row ${row}` : `line ${line}`;
  return path === '' ? `${place}: ${message}` : `${place}: ${path}: ${message}`;
}

export function formatError(path: string, line: number | undefined, said: string, cause?: unknown): DatasetError {
  const place = line === undefined ? path : `${path}, line ${line}`;
  return new DatasetError('QH_DATASET_FORMAT', `${place}: ${said}`, 'Correct the file', { cause });
}
