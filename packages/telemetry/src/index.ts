/**
 * Everything that leaves a process.
 *
 * The mask that keeps secrets in, the spool that keeps events on disk, and trace ids. Knows files and strings; does not
 * know Playwright, the hub's store or verdicts.
 */
export {
  findHubFolder,
  HUB_DATABASE,
  HUB_FOLDER,
  type HubFolder,
  hubFolderAt,
  hubFolderFor,
  markTemporaryHub,
  runSpoolFolder,
  SPOOL_FOLDER,
  TEMPORARY_HUB,
  temporaryHubsOf,
} from './hub-folder.ts';
export { encodedForms } from './mask/encoded-forms.ts';
export {
  forgetValues,
  type KeptValues,
  type KeptValuesPlace,
  keepValues,
  readKeptValues,
} from './mask/kept-values.ts';
export { createMask, isMaskable, MASKED, type Mask, type MaskOptions, type StreamOptions } from './mask/mask.ts';
export type { MaskStream } from './mask/mask-stream.ts';
export { replaceFile } from './mask/replace-file.ts';
export { isSecretField, isSecretKey, isSecretVariable } from './mask/secret-names.ts';
export type { Span } from './mask/value-search.ts';
export { isSecret, revealed, Secret, type SecretSeams } from './secret/secret.ts';
export { SpoolReader, type SpoolReadResult } from './spool-reader.ts';
export { SpoolError, SpoolWriter, type SpoolWriterOptions } from './spool-writer.ts';
export { newTraceparent, type Traceparent } from './trace.ts';
