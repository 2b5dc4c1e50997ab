/**
 * What building and creating test data costs: an order with four relations beside the bare calls of faker in it, and what the
 * ledger adds to each record that is created; and files that are larger than memory.
 *
 * `pnpm bench data [--rounds N] [--orders N] [--records N] [--stream MB] [--whole MB]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataContext, openLedger, runSeed, type TestData, WorkerData } from '@quality-hub/data';
import { define } from '@quality-hub/data/define';
import { errorSentence } from '@quality-hub/protocol';
import { openSqliteDriver } from '@quality-hub/state/sqlite';
import { largeFigures } from './data/large.ts';
import { bareCalls, orderFactory } from './data/order.ts';
import { atLeast, atMost, say, tell } from './figure.ts';
import { readNumbers } from './measure/options.ts';
import { compare, inRounds } from './measure/rounds.ts';
import { lowerQuartile } from './measure/statistics.ts';

async function dataIn(folder: string): Promise<{ data: TestData; end(): Promise<void> }> {
  const store = await openSqliteDriver({ path: join(folder, 'state.db') });
  const open = async (): Promise<DataContext> => ({}) as DataContext;
  const owner = { run: 'bench', worker: 'w-1', namespace: 'benchbnc' };
  const ledger = openLedger({ store });
  const worker = new WorkerData({
    seed: runSeed({ given: '20260101-bench', runId: 'bench', now: 0 }),
    owner,
    openLedger: async () => ledger,
    openStore: async () => store,
    open,
    observe: () => {},
  });
  const data = await worker.forAttempt({ owner: { ...owner, test: 'bench' }, open, observe: () => {} });
  const end = async (): Promise<void> => {
    await worker.removeOf(data, { open, timeoutMs: 600_000, observe: () => {} });
    await ledger.close();
    await store.close();
  };
  return { data, end };
}

/** Records that are created at once, with the ledger and without: nothing can be removed without `remove`. */
function pointFactories() {
  const schema = {
    '~standard': {
      version: 1,
      vendor: 'bench',
      validate: (value: unknown) => ({ value: value as { readonly id: number; readonly word: string } }),
      types: undefined as unknown as { input: { id: number; word: string }; output: { id: number; word: string } },
    },
  } as const;
  let ids = 0;
  const plain = {
    schema,
    build: ({ unique }: { unique(word?: string): string }) => ({ word: unique('point') }),
    create: async (input: { readonly word: string }) => ({ ...input, id: ++ids }),
  };
  return {
    plain: define('bench point', plain),
    kept: define('bench kept point', { ...plain, remove: async () => {} }),
  };
}

const folder = mkdtempSync(join(tmpdir(), 'qh-bench-'));
try {
  const numbers = { rounds: 9, orders: 10_000, records: 400, stream: 1_000, whole: 200 };
  const { rounds, orders, records, stream, whole } = readNumbers(process.argv.slice(2), numbers);
  const { data, end } = await dataIn(folder);
  const order = orderFactory();
  let faker: Parameters<typeof bareCalls>[0] | undefined;
  const spy = define('bench spy', {
    schema: order.parts.definition.schema,
    build: context => {
      const { constructor: Faker, rawDefinitions } = context.faker as unknown as {
        readonly constructor: new (options: object) => Parameters<typeof bareCalls>[0];
        readonly rawDefinitions: object;
      };
      // As one makes it without us, with its own generator.
      faker = new Faker({ locale: rawDefinitions, seed: 1 });
      return {};
    },
  });
  data.build(spy);
  const bare = faker as unknown as Parameters<typeof bareCalls>[0];
  const built = await inRounds(['ours', 'bare'], rounds, async variant => {
    const startMs = performance.now();
    if (variant === 'ours') for (let n = 0; n < orders; n++) data.build(order);
    else for (let n = 0; n < orders; n++) bareCalls(bare);
    return performance.now() - startMs;
  });
  const ratio = compare(built.ours, built.bare, (ours, base) => ours / base);
  say(
    `${orders} orders with four parents each, ${rounds} rounds; ratios ${ratio.spread.map(one => one.toFixed(2)).join(' to ')}`,
  );

  const { plain, kept } = pointFactories();
  const created = await inRounds(['kept', 'plain'], rounds, async variant => {
    const startMs = performance.now();
    for (let n = 0; n < records; n++) await data.create(variant === 'kept' ? kept : plain);
    const madeMs = performance.now() - startMs;
    return (madeMs * 1000) / records;
  });
  const removedAt = performance.now();
  await end();
  const removedUs = ((performance.now() - removedAt) * 1000) / (records * (rounds + 1));
  const ledgerUs = lowerQuartile(created.kept) - lowerQuartile(created.plain);
  say(
    `a record without the ledger ${lowerQuartile(created.plain).toFixed(1)} µs; its removal ${removedUs.toFixed(0)} µs`,
  );

  tell([
    atLeast('data.build', (orders * 1000) / lowerQuartile(built.ours), {
      unit: 'orders with four relations a second',
      target: 20_000,
    }),
    atMost('data.build.over-faker', ratio.value, { unit: 'times the bare calls of faker', target: 1.3 }),
    atMost('data.ledger', ledgerUs, { unit: 'µs for a record that is created', target: 300 }),
    ...(await largeFigures({ streamMb: stream, wholeMb: whole })),
  ]);
} catch (error) {
  say(errorSentence(error));
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
