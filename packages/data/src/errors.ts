/** All errors of factories and of the data that they make. */
import { QualityHubError } from '@quality-hub/protocol';

/** Two factories have one name (`QH_DATA_NAME`): records in the ledger could not tell which of them removes them. */
export class FactoryNameError extends QualityHubError {
  constructor(name: string, places: readonly [string, string]) {
    super(`There are two factories "${name}": in ${places[0]} and in ${places[1]}`, {
      code: 'QH_DATA_NAME',
      hint: 'Give one of them another name: the ledger knows by it how to remove a record',
    });
  }
}

/** A factory, or a relation, trait or way of creation of one, is asked for and there is none (`QH_DATA_UNKNOWN`). */
export class UnknownPartError extends QualityHubError {
  constructor(message: string, hint: string) {
    super(message, { code: 'QH_DATA_UNKNOWN', hint });
  }
}

/** One place where a record is not what it should be. */
export interface RecordProblem {
  /** `items[2].price`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** What would be sent, or what came back, breaks the schema or a rule of its factory (`QH_DATA_RECORD`). */
export class RecordError extends QualityHubError {
  readonly problems: readonly RecordProblem[];

  constructor(what: string, problems: readonly RecordProblem[], hint: string) {
    super(
      `${what}: ${problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')}`,
      {
        code: 'QH_DATA_RECORD',
        hint,
      },
    );
    this.problems = problems;
  }
}

/** Something is to be created after the end of its test (`QH_DATA_ENDED`): nobody would remove it. */
export class DataEndedError extends QualityHubError {
  constructor(owner: string) {
    super(`${JSON.stringify(owner)} is over: nothing is created for it any more`, {
      code: 'QH_DATA_ENDED',
      hint: 'Await all that a test begins, or give the test more time',
    });
  }
}

/** What became of one of several. */
export type CreateOutcome<T> =
  | { readonly status: 'created'; readonly record: T }
  | { readonly status: 'failed'; readonly error: unknown };

/** Some of several records could not be created (`QH_DATA_CREATE_MANY`). The others are there, and are removed as usual. */
export class CreateManyError<T = unknown> extends QualityHubError {
  /** In the order in which they were asked for. */
  readonly outcomes: readonly CreateOutcome<T>[];
  readonly errors: readonly unknown[];

  constructor(kind: string, outcomes: readonly CreateOutcome<T>[]) {
    const failed = outcomes.flatMap((outcome, index) => (outcome.status === 'failed' ? [{ index, ...outcome }] : []));
    const told = failed.map(({ index, error }) => `${index + 1}: ${error instanceof Error ? error.message : error}`);
    super(`${failed.length} of ${outcomes.length} "${kind}" could not be created: ${told.join('; ')}`, {
      code: 'QH_DATA_CREATE_MANY',
      hint: 'Those that were created are in the outcomes of this error, and are removed after the test',
      cause: failed[0]?.error,
    });
    this.outcomes = outcomes;
    this.errors = failed.map(({ error }) => error);
  }
}
