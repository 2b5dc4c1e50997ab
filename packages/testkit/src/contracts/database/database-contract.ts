/** What every driver behind the `Database` port keeps, shown on a real server, whole and broken. */
import { faultPromises } from './fault-promises.ts';
import { queryPromises } from './query-promises.ts';
import type { ContractFunctions, ContractGiven, ContractTest, DatabaseContractSource } from './source.ts';
import { stopPromises } from './stop-promises.ts';
import { transactionPromises } from './transaction-promises.ts';

/**
 * Makes a suite of the contract. Each test has an empty database of its own.
 *
 * An ability that `source` does not have is shown as a skipped test, with the reason in its name.
 */
export function databaseContract(source: DatabaseContractSource, { describe, test, skip }: ContractFunctions): void {
  const run: ContractTest = (name, body) => {
    if (source.skip !== undefined) skip(`${name} (${source.skip})`, async () => undefined);
    else test(name, () => withDatabase(source, body));
  };
  const absent = (name: string, reason: string): void =>
    skip(`${name} (not supported: ${reason})`, async () => undefined);
  describe(`${source.name} keeps the contract of databases`, () => {
    queryPromises(source, run, absent);
    transactionPromises(source, run, absent);
    if (source.network === true) faultPromises(source, run);
    else absent('faults of the network', source.network.notSupported);
    if (source.stoppable instanceof Function) stopPromises(source, source.stoppable, run);
    else absent('stop and start of the server', source.stoppable.notSupported);
  });
}

async function withDatabase(
  source: DatabaseContractSource,
  body: (given: ContractGiven) => Promise<void>,
): Promise<void> {
  const { url, drop } = await source.create();
  const opened: { close(): Promise<void> }[] = [];
  try {
    await body({
      url,
      p: source.placeholder,
      open: options => {
        const database = source.open({ url, ...options });
        opened.push(database);
        return database;
      },
    });
  } finally {
    await Promise.all(opened.map(database => database.close()));
    await drop();
  }
}
