/** A service over HTTP with rules of its own, for tests of what is created: kinds with parents, and nothing goes before its children. */
import { createHttpClient } from '@quality-hub/clients';
import type { Evidence } from '@quality-hub/protocol';
import { createMemoryDriver } from '@quality-hub/state';
import { startServer } from '@quality-hub/testkit';
import type { DataContext, OpenContext } from '../create/context.ts';
import type { TestData } from '../create/test-data.ts';
import { WorkerData } from '../create/worker-data.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { runSeed } from '../random/seed.ts';

export interface Item {
  readonly id: number;
  readonly [field: string]: unknown;
}

/** `POST /kind`, `GET|PATCH|DELETE /kind/1`. A field that ends in `Id` names a parent that has to be there, and to stay. */
export async function startShelf() {
  const shelves = new Map<string, Map<number, Item>>();
  const asked: string[] = [];
  let refuse: ((call: string, body: Readonly<Record<string, unknown>>) => number | undefined) | undefined;
  let lose: ((call: string) => boolean) | undefined;
  let ids = 0;
  const shelf = (kind: string): Map<number, Item> => {
    const found = shelves.get(kind) ?? new Map<number, Item>();
    shelves.set(kind, found);
    return found;
  };
  const needsId = (id: number, kind: string): boolean =>
    [...shelves.values()].some(items => [...items.values()].some(item => item[`${kind.replace(/s$/, '')}Id`] === id));
  const server = await startServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const [, kind = '', id] = (request.url ?? '').split('/');
    const call = `${request.method} ${request.url}`;
    asked.push(call);
    const answer = (status: number, body: unknown = {}): void => {
      response.statusCode = status;
      response.setHeader('content-type', 'application/json');
      response.end(status === 204 ? undefined : JSON.stringify(body));
    };
    const body = text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
    const refused = refuse?.(call, body);
    if (refused !== undefined) return answer(refused);
    if (request.method === 'POST') {
      const item = { ...body, id: ++ids };
      shelf(kind).set(item.id, item);
      if (lose?.(call)) return void request.socket.destroy();
      return answer(201, item);
    }
    const item = shelf(kind).get(Number(id));
    if (id === undefined) return answer(200, [...shelf(kind).values()]);
    if (!item) return answer(404);
    if (request.method === 'PATCH') {
      const changed = { ...item, ...body };
      shelf(kind).set(item.id, changed);
      return answer(200, changed);
    }
    if (request.method !== 'DELETE') return answer(200, item);
    if (needsId(item.id, kind)) return answer(409, { error: `${kind}/${id} is in use` });
    shelf(kind).delete(item.id);
    answer(204);
  });
  const client = createHttpClient({ name: 'shelf', baseURL: server.url });
  return {
    url: server.url,
    client,
    asked,
    /** The status that a call gets instead of its answer. */
    set refuse(rule: typeof refuse) {
      refuse = rule;
    },
    /** Calls that are done and get no answer. */
    set lose(rule: typeof lose) {
      lose = rule;
    },
    all: (kind: string): readonly Item[] => [...shelf(kind).values()],
    get left(): readonly string[] {
      return [...shelves].flatMap(([kind, items]) => [...items.keys()].map(id => `${kind}/${id}`));
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

type Shelf = Awaited<ReturnType<typeof startShelf>>;

/** A worker whose tests create on a shelf. */
export function workerOn(
  shelf: Pick<Shelf, 'client'>,
  options: { readonly seed?: string; readonly worker?: string; readonly db?: DataContext['db'] } = {},
) {
  const { seed = '20260101-test', worker = 'w-1' } = options;
  const store = createMemoryDriver();
  const seen: Evidence[] = [];
  const opened: (string | undefined)[] = [];
  const openFor =
    (namespace: string): OpenContext =>
    async (way, signal) => {
      opened.push(way);
      return {
        api: shelf.client,
        clients: {},
        db: options.db ?? {},
        secrets: {},
        config: {},
        signal,
        namespace,
      } as unknown as DataContext;
    };
  const ledgers: ReturnType<typeof openLedger>[] = [];
  const data = new WorkerData({
    seed: runSeed({ given: seed, runId: 'r', now: 0 }),
    owner: { run: 'r', worker, namespace: 'shared00' },
    openLedger: async () => {
      const ledger = openLedger({ store });
      ledgers.push(ledger);
      return ledger;
    },
    openStore: async () => store,
    open: openFor('shared00'),
    observe: evidence => seen.push(evidence),
  });
  return {
    store,
    seen,
    opened,
    ledgers,
    data,
    attempt: (test: string, namespace = namespaceOf(test)) =>
      data.forAttempt({
        owner: { run: 'r', worker, test, label: test, namespace },
        open: openFor(namespace),
        observe: evidence => seen.push(evidence),
      }),
    remove: (of: TestData) =>
      data.removeOf(of, {
        open: openFor('x'),
        timeoutMs: 10_000,
        observe: evidence => seen.push(evidence),
      }),
    end: () => data.end({ open: openFor('x'), timeoutMs: 10_000, observe: evidence => seen.push(evidence) }),
  };
}

function namespaceOf(test: string): string {
  return `n${test.padEnd(7, '0')}`.slice(0, 8);
}
