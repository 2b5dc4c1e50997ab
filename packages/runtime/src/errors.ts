/** All errors of the runtime. */
import { meant } from '@quality-hub/config';
import { errorSentence, QualityHubError } from '@quality-hub/protocol';

/** The configuration names no such client, database, policy or dependency (`QH_RUNTIME_NAME`). */
export class RuntimeNameError extends QualityHubError {
  constructor(kind: string, name: string, names: readonly string[]) {
    super(`There is no ${kind} ${JSON.stringify(name)}${meant(name, names)}`, {
      code: 'QH_RUNTIME_NAME',
      hint: `Name it in the section ${SECTIONS[kind] ?? 'clients'} of quality-hub.config.ts`,
    });
  }
}

const SECTIONS: Readonly<Record<string, string>> = {
  client: 'clients',
  database: 'databases',
  policy: 'policies',
  dependency: 'clients or databases',
};

/** The runtime was used after its end (`QH_RUNTIME_CLOSED`). */
export class RuntimeClosedError extends QualityHubError {
  constructor(what: string) {
    super(`${what} was asked for after the end of the worker`, {
      code: 'QH_RUNTIME_CLOSED',
      hint: 'Await all work of a test before it ends',
    });
  }
}

/** The copy of a database could not be made, or its tables not be emptied, before the test (`QH_DATABASE_NOT_READY`). */
export class DatabaseNotReadyError extends QualityHubError {
  constructor(name: string, cause: unknown) {
    super(`The database "${name}" is not ready for a test: ${errorSentence(cause)}`, {
      code: 'QH_DATABASE_NOT_READY',
      hint: `Look at isolation, template and truncate of databases.${name} in the configuration, and at its server`,
      cause,
    });
  }
}
