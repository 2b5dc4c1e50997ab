/** Child process: does one kind of work on a shared store until it ends, or until it is killed. */
import type { KeyValueDriver } from '@quality-hub/protocol';
import { countOnce, wholeValue } from './key-value-work.ts';

const [module = '', location = '', task = '', name = '', times = '0'] = process.argv.slice(2);
const { openStore } = (await import(module)) as { openStore: (location: string) => Promise<KeyValueDriver> };
const store = await openStore(location);

if (task === 'count') {
  for (let done = 0; done < Number(times); done++) await countOnce(store, 'n');
} else if (task === 'claim') {
  for (let index = 0; index < Number(times); index++) await store.set(`claim/${index}`, name, { ifVersion: 0 });
} else {
  process.stdout.write('ready\n');
  for (let number = 1; ; number++) await store.set('written', wholeValue(number));
}
await store.close();
