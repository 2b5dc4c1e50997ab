/** Child process: calls a service again and again behind a breaker that it shares with others, and tells what it sees. */
import { createPolicy, Registry, shareBreakers } from '@quality-hub/resilience';
import { openSqliteDriver } from '@quality-hub/state/sqlite';

/** What the child tells its parent. Instants are wall clock, the same for all processes of a machine. */
export type CallerNews =
  | { readonly type: 'ready' }
  | { readonly type: 'breaker'; readonly to: string; readonly by: string; readonly at: number };

const [path = '', url = '', worker = '', openMs = ''] = process.argv.slice(2);
const tell = (news: CallerNews): void => void process.send?.(news);

const driver = await openSqliteDriver({ path });
const registry = new Registry();
registry.on(event => {
  if (event.type === 'breaker') tell({ type: 'breaker', to: event.to, by: event.by, at: Date.now() });
});
const shared = shareBreakers(registry, driver, { worker });
const breaker = { consecutive: 3, openMs: Number(openMs), halfOpen: { timeoutMs: 2_000 } };
const policy = createPolicy({ name: 'payments', breaker }, { registry });

let isOver = false;
process.once('message', () => {
  isOver = true;
});
for (let call = 0; !isOver; call++) {
  const ask = async (): Promise<void> => {
    const answer = await fetch(`${url}/${worker}`);
    await answer.text();
    if (!answer.ok) throw Object.assign(new Error('down'), { status: answer.status });
  };
  await policy.execute(ask).catch(() => {});
  if (call === 0) tell({ type: 'ready' });
  await new Promise(resolve => setTimeout(resolve, 20));
}
await shared.close();
await driver.close();
process.disconnect();
