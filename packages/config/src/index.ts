/**
 * The configuration of a suite: found, loaded, put together of its layers, checked, explained.
 *
 * Knows files, layers, sections and how to say what is wrong with them; what a section may hold is known to the package that it
 * configures, and handed in as a schema.
 */
export { checkSections, type SectionSchema, type SectionSchemas, type SectionWords } from './check-sections.ts';
export { type ConfigPath, leavesOf, pathText, readPath, valueAt } from './config-path.ts';
export type { ConfigMigration, ConfigWords, EnvironmentWords } from './config-words.ts';
export { isCredentialPlace } from './credential-place.ts';
export { type HubConfig, type Named, SECTIONS } from './define-hub.ts';
export type { Derived, DerivedFrom } from './derived-values.ts';
export { ConfigError, ConfigLoadError } from './errors.ts';
export {
  CONFIG_FILES,
  CONFIG_VARIABLE,
  type FindOptions,
  findConfig,
  findLocalConfig,
  LOCAL_FILES,
} from './find-config.ts';
export { frozen } from './frozen.ts';
export { LAYER_KINDS, type Layer, type LayerKind, type LayerSource } from './layers/layer.ts';
export { mergeLayers } from './layers/merge-layers.ts';
export { SET_VARIABLE, VALUE_PREFIX } from './layers/text-layers.ts';
export { type ChangedPath, changedPaths } from './live/changed-paths.ts';
export { type ConfigEvent, LiveConfig, type LiveOptions } from './live/live-config.ts';
export { type ConfigSurroundings, type LoadedConfig, loadConfig } from './load-config.ts';
export { loadSchema } from './load-schema.ts';
export { meant } from './meant.ts';
export { type MigratedValues, migrateValues } from './migrations.ts';
export { type CheckSurroundings, ENVIRONMENT_VARIABLE, type ResolveOptions, resolveConfig } from './resolve-config.ts';
export { type Explanation, ResolvedConfig } from './resolved-config.ts';
export { type CheckedValues, checkValues } from './schema/check-values.ts';
export { editorSchema } from './schema/editor-schema.ts';
export { type SchemaIssue, shownValue } from './schema/problem-words.ts';
export { type SchemaNode, schemaNodeOf } from './schema/schema-node.ts';
export type { InputOf, OutputOf, StandardIssue, StandardResult, StandardSchema } from './schema/standard-schema.ts';
export { boundReference, isSecretReference, nameOfSecret, type SecretReference, secret } from './secret-reference.ts';
