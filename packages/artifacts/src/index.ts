/**
 * What test runs leave behind: traces, reports, archives, any file.
 *
 * Masks secrets in them so that they still can be opened, and looks for secrets that nobody has named. Knows file formats;
 * does not know where values come from, nor Playwright's own code.
 */
export { ArchiveError, OutOfTimeError } from './errors.ts';
export { type MaskArchiveOptions, type MaskedArchive, maskArchiveAtOnce } from './mask/mask-archive.ts';
export {
  type MaskArtifactsOptions,
  type MaskedArtifacts,
  type MaskProgress,
  maskArtifacts,
} from './mask/mask-artifacts.ts';
export { type MaskFileOptions, maskFile } from './mask/mask-file.ts';
export { type FoundPattern, findSecrets } from './patterns/find-secrets.ts';
export { SECRET_RULES, type SecretRule } from './patterns/secret-rules.ts';
export { COMPLIANCE_RULES, CONFIGURATION_RULES, type ComplianceRule } from './scan/compliance-rules.ts';
export { type Finding, type FindingKind, placeOf } from './scan/finding.ts';
export { toSarif } from './scan/sarif.ts';
export { type ScanOptions, type ScanResult, scanArtifacts } from './scan/scan-artifacts.ts';
export { type SealedArtifacts, type SealOptions, sealArtifacts } from './seal/seal-artifacts.ts';
export { signOfSources } from './seal/source-signs.ts';
