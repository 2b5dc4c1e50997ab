/** What the ledger asks of factories: how to find, remove and verify what they have created. */
import type { AnyFactory } from '../factory/factory.ts';
import { factories } from '../factory/registry.ts';
import type { Json, RecordKind } from '../ledger/ledger.ts';
import type { OpenContext } from './context.ts';

/** Of all factories that are loaded, and of what puts two records together; or of those given. */
export function recordKinds(of: readonly AnyFactory[] = factories()): ReadonlyMap<string, RecordKind<OpenContext>> {
  return new Map(of.flatMap(kindsOf).map(kind => [kind.name, kind]));
}

/** Name of the entries of one relation. */
export function linkKind(factory: string, relation: string): string {
  return `${factory}.${relation}`;
}

function kindsOf({ parts }: AnyFactory): readonly RecordKind<OpenContext>[] {
  const { name, version, definition } = parts;
  const { find, remove, exists, links = {} } = definition;
  const kinds: RecordKind<OpenContext>[] = [];
  if (remove) {
    kinds.push({
      name,
      version,
      ...(find
        ? { find: async (input, open, signal) => (await find(input as never, await open(undefined, signal))) as Json }
        : {}),
      remove: async (key, open, signal) => {
        await remove(key as never, await open(undefined, signal));
      },
      ...(exists ? { exists: async (key, open, signal) => exists(key as never, await open(undefined, signal)) } : {}),
    });
  }
  for (const [relation, link] of Object.entries(links as Readonly<Record<string, LinkParts>>)) {
    const { unlink } = link;
    if (!unlink) continue;
    kinds.push({
      name: linkKind(name, relation),
      version,
      // Whether two were put together can be asked of nobody; to take them apart twice does no harm.
      find: async input => input,
      remove: async (pair, open, signal) => {
        const { owner, other } = pair as { readonly owner: Json; readonly other: Json };
        await unlink(owner as never, other as never, await open(undefined, signal));
      },
    });
  }
  return kinds;
}

interface LinkParts {
  readonly unlink?: (owner: never, other: never, context: Awaited<ReturnType<OpenContext>>) => Promise<void>;
}
