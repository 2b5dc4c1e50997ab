/** A worker that begins two things, finishes one of them, says so, and waits to be killed. */
import { openSqliteDriver } from '@quality-hub/state/sqlite';
import { openLedger } from '../ledger/open-ledger.ts';

const [path = '', worker = ''] = process.argv.slice(2);
const ledger = openLedger({ store: await openSqliteDriver({ path }) });
const owner = { run: 'run 1', worker, namespace: 'n1' };
const buyer = await ledger.intend({ kind: 'buyer', version: 1, owner, input: { name: 'Ada' }, needs: [] });
await ledger.made(buyer.id, { id: 7 });
await ledger.intend({ kind: 'order', version: 1, owner, input: { sku: 'TEA' }, needs: [buyer.id] });
process.stdout.write('begun\n');
setInterval(() => {}, 1_000);
