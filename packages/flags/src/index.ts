/**
 * Feature flags in tests.
 *
 * Knows the provider of the OpenFeature specification, a provider of its own for a file, what is set for a test or a run, and
 * the view of one test, which does not change while it runs. Does not know Playwright, nor what becomes of what was seen.
 */
export { clientProvider, type FlagClient } from './asking/client-provider.ts';
export { type FlagOverrides, type OverrideLayer, readOverrides } from './asking/overrides.ts';
export type { AskOptions, FlagsOfTest, SeenFlag, TestFlags, ValueOptions } from './asking/test-flags.ts';
export {
  FlagFileError,
  FlagNotAwaitedError,
  FlagOverrideError,
  FlagProviderError,
  FlagTypeError,
  FlagUnknownError,
} from './errors.ts';
export { createFileProvider, type FileProvider, type FileProviderOptions } from './file/file-provider.ts';
export {
  type FlagSource,
  type Flags,
  type FlagsSection,
  type ForTestOptions,
  type OpenFlagsOptions,
  openFlags,
} from './flags.ts';
export type {
  ContextValue,
  FlagContext,
  FlagErrorCode,
  FlagLogger,
  FlagProvider,
  FlagReason,
  FlagResolution,
  FlagType,
  FlagValue,
  KnownFlag,
} from './provider.ts';
