/** Rows as their readers get them: of today's version, in the shape of their schema, with every violation named. */
import { pathText } from '../rules/schema-problems.ts';
import { migrate } from '../versions/migrations.ts';
import { invalidDataset, type Violation } from './dataset-errors.ts';
import type { DatasetDefinition } from './definition.ts';
import { frozen } from './frozen.ts';
import type { RowBatch } from './readers/row-batch.ts';
import { applyRules } from './rules.ts';

/** More are counted, and not kept. */
const KEPT = 10_000;

/**
 * Goes on to the end of the file where something is wrong, so that all of it is told at once. Rows that are right are given until
 * then.
 *
 * @param fileVersion Asked after the first batch was read.
 * @throws {DatasetError} (`QH_DATASET_INVALID`) @throws {DataVersionError} (`QH_DATA_VERSION`)
 */
export async function* checkedRows<T>(
  batches: AsyncIterable<RowBatch> | Iterable<RowBatch>,
  { path, schema, rules = [], version = 1, migrations = {} }: DatasetDefinition<T>,
  fileVersion: () => number,
): AsyncGenerator<readonly T[]> {
  const check = applyRules(rules);
  const violations: Violation[] = [];
  let total = 0;
  let number = 0;
  /** Of rows that somebody may still say something about. */
  const lineOf: (number | undefined)[] = [];
  const isLineNeeded = rules.some(rule => 'begin' in rule);
  const add = (found: Omit<Violation, 'line'>, line: number | undefined): void => {
    total++;
    if (violations.length < KEPT) violations.push({ ...(line !== undefined && { line }), ...found });
  };
  for await (const { rows, lines } of batches) {
    const from = fileVersion();
    const right: T[] = [];
    for (const [index, stored] of rows.entries()) {
      number++;
      const line = lines[index];
      if (isLineNeeded) lineOf.push(line);
      const raw = from === version ? stored : migrate(stored, { what: `${path}`, from, to: version, migrations });
      const outcome = schema?.['~standard'].validate(raw);
      const result = outcome instanceof Promise ? await outcome : outcome;
      if (result?.issues !== undefined) {
        for (const { message, path: place = [] } of result.issues)
          add(
            { row: number, path: pathText(place.map(step => (typeof step === 'object' ? step.key : step))), message },
            line,
          );
        continue;
      }
      const row = frozen(result === undefined ? (raw as T) : result.value);
      const broken = rules.length === 0 ? [] : check.check(row, number);
      for (const one of broken) add(one, line);
      if (broken.length === 0 && total === 0) right.push(row);
    }
    if (right.length > 0) yield right;
  }
  for (const one of check.end()) add(one, lineOf[one.row - 1]);
  if (total > 0) throw invalidDataset(path, violations, total);
}
