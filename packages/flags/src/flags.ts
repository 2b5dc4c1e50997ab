/** The flags of a worker: one provider, and a view of it for each test. */
import { resolve } from 'node:path';
import { clientProvider, type FlagClient, isFlagClient } from './asking/client-provider.ts';
import { mergeOverrides, type OverrideLayer } from './asking/overrides.ts';
import { type SeenFlag, TestFlags } from './asking/test-flags.ts';
import { type FlagFileError, FlagProviderError } from './errors.ts';
import { createFileProvider } from './file/file-provider.ts';
import type { FlagContext, FlagProvider } from './provider.ts';

export type FlagSource = FlagProvider | FlagClient;

/** The section `flags` of the configuration. */
export interface FlagsSection {
  /** A file of flags, YAML or JSON; relative to the folder of the configuration. */
  readonly file?: string;
  /** Any OpenFeature provider, a client of the OpenFeature SDK, or a function that gives one of them. */
  readonly provider?: FlagSource | (() => FlagSource | Promise<FlagSource>);
  /** Attributes of every test: `{ environment: 'staging' }`. */
  readonly context?: FlagContext;
  /** Whether a flag that there is none of is an error, or off. @default 'error' */
  readonly unknown?: 'error' | 'allow';
}

export interface OpenFlagsOptions {
  /** What `file` is relative to. */
  readonly folder: string;
  /** @default Date.now */
  readonly now?: () => number;
}

export interface ForTestOptions {
  /** Attributes of the test; its targeting key keeps it on the same side of every split. */
  readonly context: FlagContext;
  /** What is set for the test or the run; the first layer that names a flag wins. */
  readonly layers?: readonly OverrideLayer[];
  /** Hears of each flag that the test has heard of, once for each variant. */
  readonly observe?: (seen: SeenFlag) => void;
  /** Hears of an edit of the file that is wrong. */
  readonly onBrokenEdit?: (error: FlagFileError) => void;
}

export interface Flags {
  /**
   * A view that does not change while the test runs.
   *
   * @throws {FlagFileError} (`QH_FLAG_FILE`) if the file was never right.
   * @throws {FlagOverrideError} (`QH_FLAG_OVERRIDE`) if a layer sets what there is none of.
   * @throws {FlagProviderError} (`QH_FLAG_PROVIDER`) if the provider cannot be made ready.
   */
  forTest(options: ForTestOptions): Promise<TestFlags>;
  close(): Promise<void>;
}

/** Opens the flags that a section names; the provider is made ready by the first test that asks. */
export function openFlags(section: FlagsSection, { folder, now = Date.now }: OpenFlagsOptions): Flags {
  const { file, context: given = {}, unknown = 'error' } = section;
  /** Edits are told to the test that meets them. */
  let hear: (error: FlagFileError) => void = () => {};
  const make = async (): Promise<FlagProvider> => {
    if (file !== undefined)
      return createFileProvider({ path: resolve(folder, file), now, onBrokenEdit: error => hear(error) });
    const source = typeof section.provider === 'function' ? await section.provider() : section.provider;
    if (source === undefined) return NO_FLAGS;
    return isFlagClient(source) ? clientProvider(source) : source;
  };
  let opened: Promise<FlagProvider> | undefined;
  const open = async (): Promise<FlagProvider> => {
    let name = 'The provider of the configuration';
    try {
      const provider = await make();
      name = provider.metadata.name;
      // A file is read for each test.
      if (file === undefined) await provider.initialize?.({});
      return provider;
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      throw new FlagProviderError(undefined, name, 'PROVIDER_FATAL', said, error);
    }
  };
  return {
    async forTest({ context, layers = [], observe = () => {}, onBrokenEdit = () => {} }) {
      opened ??= open();
      const provider = await opened;
      hear = onBrokenEdit;
      const frozen = (await provider.snapshot?.()) ?? provider;
      return new TestFlags({
        provider: frozen,
        context: { ...given, ...context },
        overridden: mergeOverrides(layers, frozen, unknown),
        unknown,
        observe,
      });
    },
    async close() {
      const provider = await opened?.catch(() => undefined);
      await provider?.onClose?.();
    },
  };
}

/** Where the configuration names neither a file nor a provider: only what is set is there. */
const notFound = async <T>(flag: string, value: T) => ({
  value,
  reason: 'ERROR',
  errorCode: 'FLAG_NOT_FOUND',
  errorMessage: `the configuration has no flags, so not ${flag}`,
});
const NO_FLAGS: FlagProvider = {
  metadata: { name: 'The configuration' },
  resolveBooleanEvaluation: notFound,
  resolveStringEvaluation: notFound,
  resolveNumberEvaluation: notFound,
  resolveObjectEvaluation: notFound,
};
