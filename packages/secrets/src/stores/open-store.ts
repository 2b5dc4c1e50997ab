/** The one place where a kind of store is opened: each is loaded when the first secret of it is asked for. */
import { isAbsolute, join } from 'node:path';
import type { SecretStore, StoredSecret } from '@quality-hub/protocol';
import type { AwsStoreOptions } from './aws/aws-options.ts';
import type { AzureStoreOptions } from './azure/azure-options.ts';
import { type FileKeySection, fileKeyOf } from './file-key.ts';
import type { RemoteSeams } from './remote/remote-seams.ts';
import type { VaultStoreOptions } from './vault/vault-options.ts';

export interface EnvironmentStoreSection {
  readonly kind: 'environment';
  /** Files in the form of `.env`, from the folder of the configuration. A variable of the process wins, then the first file. */
  readonly files?: readonly string[];
}

export interface FileStoreSection extends FileKeySection {
  readonly kind: 'file';
  /** From the folder of the configuration. */
  readonly path: string;
}

/** Add a kind here, to {@link OPENERS}, and to the schema of the section. */
export type StoreSection =
  | EnvironmentStoreSection
  | FileStoreSection
  | ({ readonly kind: 'vault' } & VaultStoreOptions)
  | ({ readonly kind: 'aws' } & AwsStoreOptions)
  | ({ readonly kind: 'azure' } & AzureStoreOptions);

export interface StoreSurroundings {
  /** Paths are from here: the folder of the configuration. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Wall clock. */
  readonly now: () => Date;
  /** A value from another store, for the key of this one. */
  readonly textOf: (reference: string) => Promise<string>;
  /** Hears of what signs a store in, before it is sent. */
  readonly onCredential?: (texts: readonly string[]) => void;
  /** Hears once of each protection that was switched off. */
  readonly onUnsafe?: (what: string) => void;
}

type Opener<Section extends StoreSection> = (section: Section, around: StoreSurroundings) => Promise<SecretStore>;

const OPENERS: { readonly [Kind in StoreSection['kind']]: Opener<Extract<StoreSection, { kind: Kind }>> } = {
  environment: async ({ files = [] }, { folder, env }) => {
    const { environmentStore } = await import('./environment-store.ts');
    return environmentStore({ files: files.map(file => from(folder, file)), env });
  },
  file: async (section, { folder, now, ...around }) => {
    const { fileStore } = await import('./file-store.ts');
    return fileStore({
      path: from(folder, section.path),
      key: () => fileKeyOf(section, { folder, ...around }),
      now,
    });
  },
  vault: async ({ kind: _, ...options }, around) => {
    const { vaultStore } = await import('./vault/vault-store.ts');
    return vaultStore(options, await remoteSeams(around));
  },
  aws: async ({ kind: _, ...options }, around) => {
    const { awsStore } = await import('./aws/aws-store.ts');
    return awsStore(options, await remoteSeams(around));
  },
  azure: async ({ kind: _, ...options }, around) => {
    const { azureStore } = await import('./azure/azure-store.ts');
    return azureStore(options, await remoteSeams(around));
  },
};

async function remoteSeams({
  folder,
  env,
  now,
  textOf,
  onCredential,
  onUnsafe,
}: StoreSurroundings): Promise<RemoteSeams> {
  const { createMask } = await import('@quality-hub/telemetry');
  const mask = createMask();
  const add = (texts: readonly string[]): void => {
    mask.add(texts);
    onCredential?.(texts);
  };
  const own = { folder, env, textOf, now: () => now().getTime(), mask: { ...mask, add } };
  return onUnsafe === undefined ? own : { ...own, onUnsafe };
}

/** Kinds whose stores have no `write`. */
const READ_ONLY: ReadonlySet<StoreSection['kind']> = new Set(['environment']);

/** The store of a section, or one that somebody has made. It is opened with the first question. */
export function openStore(section: StoreSection | SecretStore, around: StoreSurroundings): SecretStore {
  if (isStore(section)) return section;
  let opened: Promise<SecretStore> | undefined;
  const open = (): Promise<SecretStore> => {
    opened ??= (OPENERS[section.kind] as Opener<StoreSection>)(section, around).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return {
    kind: section.kind,
    read: async (path, options) => (await open()).read(path, options),
    versions: async (path, options) => (await open()).versions(path, options),
    // Whoever rotates a secret has to know it before a new value is made.
    ...(READ_ONLY.has(section.kind)
      ? {}
      : {
          write: async (path: string, value: StoredSecret['value'], options: { readonly signal: AbortSignal }) =>
            ((await open()) as Required<SecretStore>).write(path, value, options),
        }),
    health: async options => {
      try {
        return await (await open()).health(options);
      } catch (error) {
        return { state: 'down', detail: error instanceof Error ? error.message : String(error) };
      }
    },
    close: async () => {
      await (await opened?.catch(() => undefined))?.close();
      opened = undefined;
    },
  };
}

export function isStore(value: unknown): value is SecretStore {
  return typeof value === 'object' && value !== null && typeof (value as { read?: unknown }).read === 'function';
}

function from(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}
