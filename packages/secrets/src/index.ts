/**
 * Secrets from stores: by reference, cached, rotated, never printed.
 *
 * Knows the stores, how long a value is believed, and who may use which; the box itself and the mask are in
 * `@quality-hub/telemetry`.
 */
export type { AccessRule, AccessScope, SecretUser } from './access/access-rules.ts';
export {
  type AuditEntry,
  type AuditLine,
  AuditTrail,
  type AuditTrailOptions,
  type ChainEnd,
} from './audit/audit-trail.ts';
export { type LastUses, lastUses, type UseTold } from './audit/last-uses.ts';
export { type VerifiedTrail, verifyTrail } from './audit/verify-trail.ts';
export { ageDaysOf, type CareFinding, type CareRule, careFindings, ownerFindings } from './care/secret-care.ts';
export { type OpenedSecrets, openSection, type SectionSurroundings } from './open-section.ts';
export { readReference, referenceText, type SecretReference } from './reference.ts';
export type { Chance, RotationSchedule } from './rotation/new-value.ts';
export type { RotatedSecret, RotationSteps } from './rotation/rotate.ts';
export { type RotationPlan, rotationPlan } from './rotation/rotation-plan.ts';
export type { NewVersion } from './rotation/scheduled-rotation.ts';
export { openSecrets, type SecretFacts, type SecretRead, Secrets, type SecretsOptions } from './secrets.ts';
export type { SecretSection, SecretsSection, SecretType } from './section.ts';
export { type EnvironmentStoreOptions, environmentStore } from './stores/environment-store.ts';
export { type FileKeySection, fileKeyOf, type KeySource } from './stores/file-key.ts';
export { type FileStoreOptions, fileStore } from './stores/file-store.ts';
export type { StoreSection } from './stores/open-store.ts';
export { type FileKey, SecretFile } from './stores/secret-file.ts';
export type { ValueCacheOptions } from './value-cache.ts';
