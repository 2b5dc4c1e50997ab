/** A worker that makes an environment, a folder, says its name, and waits to be killed: `state.db folder`. */
import { openSqliteDriver } from '@quality-hub/state/sqlite';
import { WorkerEnvironments } from '../environments/worker-environments.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { folderEnvironment } from './folder-environment.ts';

const [path = '', folder = ''] = process.argv.slice(2);
const environments = new WorkerEnvironments({
  definitions: { tenant: folderEnvironment },
  context: { folder },
  ledger: openLedger({ store: await openSqliteDriver({ path }) }),
  owner: { run: 'run 1', worker: 'killed', namespace: 'n1' },
});
await environments.use('tenant');
process.stdout.write('made\n');
setInterval(() => {}, 1_000);
