/** Opens what the section `secrets` of a configuration names. */
import { type AccessRule, compileAccess } from './access/access-rules.ts';
import { withParts } from './secret-parts.ts';
import { openSecrets, type Secrets, type SecretsOptions } from './secrets.ts';
import type { SecretsSection } from './section.ts';
import { openStore } from './stores/open-store.ts';

export interface SectionSurroundings extends Pick<SecretsOptions, 'beforeReveal' | 'onRead' | 'onStale' | 'now'> {
  /** Paths are from here: the folder of the configuration. */
  readonly folder: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Hears once of each protection that a store in the network was told to do without. */
  readonly onUnsafe?: (what: string) => void;
}

export interface OpenedSecrets {
  readonly secrets: Secrets;
  /** Why `user` may not use a secret; undefined where it may. */
  readonly whyRefused: ReturnType<typeof compileAccess>;
}

/**
 * Nothing is asked and no store is loaded before the first secret.
 *
 * @throws {OptionError} (`QH_OPTION`) with every reference that is wrong.
 */
export function openSection(section: SecretsSection, around: SectionSurroundings): OpenedSecrets {
  const { folder, env = process.env, onUnsafe, beforeReveal: told, ...others } = around;
  // Before anything is revealed, so is what may be seen of it by itself.
  const beforeReveal: NonNullable<typeof told> = (name, texts, box) => told?.(name, withParts(texts), box);
  const hooks = { ...others, ...(told === undefined ? {} : { beforeReveal }) };
  const { stores = {}, refs = {}, access = [], ttlMs, staleMs, timeoutMs } = section;
  const wall = hooks.now ?? Date.now;
  // The key of one store may lie in another.
  const keys: Record<string, string> = {};
  const textOf = async (reference: string): Promise<string> => {
    keys[reference] = reference;
    const inner = openSecrets({ ...hooks, stores: opened, refs: keys });
    return String((await inner.get(reference)).reveal());
  };
  const surroundings = { folder, env, now: () => new Date(wall()), textOf };
  const opened = Object.fromEntries(
    Object.entries({ env: { kind: 'environment' as const }, ...stores }).map(([name, store]) => [
      name,
      openStore(store, {
        ...surroundings,
        // What signs a store in is as secret as what it holds.
        onCredential: texts => beforeReveal(`secrets.stores.${name}`, texts, `secrets.stores.${name}`),
        ...(onUnsafe === undefined ? {} : { onUnsafe }),
      }),
    ]),
  );
  const secrets = openSecrets({
    ...hooks,
    stores: opened,
    refs,
    ...(ttlMs === undefined ? {} : { ttlMs }),
    ...(staleMs === undefined ? {} : { staleMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return { secrets, whyRefused: compileAccess([...access, ...ownRules(refs)]) };
}

function ownRules(refs: NonNullable<SecretsSection['refs']>): readonly AccessRule[] {
  return Object.entries(refs).flatMap(([name, ref]) =>
    typeof ref === 'string' || ref.access === undefined
      ? []
      : [{ ...ref.access, name: `secrets.refs.${name}.access`, secrets: exactly(name) }],
  );
}

/** A name may have signs that a glob knows. */
function exactly(name: string): string {
  return name.replace(/[\\*?[\]{}()!+@|]/g, '\\$&');
}
