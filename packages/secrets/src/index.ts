/**
 * Secrets from stores: by reference, cached, rotated, never printed.
 *
 * Knows the stores and how long a value is believed; the box itself and the mask are in `@quality-hub/telemetry`.
 */
export {
  type AuditEntry,
  type AuditLine,
  AuditTrail,
  type AuditTrailOptions,
  type ChainEnd,
} from './audit/audit-trail.ts';
export { type VerifiedTrail, verifyTrail } from './audit/verify-trail.ts';
export { readReference, referenceText, type SecretReference } from './reference.ts';
export { openSecrets, type SecretRead, Secrets, type SecretsOptions } from './secrets.ts';
export { type EnvironmentStoreOptions, environmentStore } from './stores/environment-store.ts';
export { type FileStoreOptions, fileStore } from './stores/file-store.ts';
export { type FileKey, SecretFile } from './stores/secret-file.ts';
export type { ValueCacheOptions } from './value-cache.ts';
