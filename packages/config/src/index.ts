/**
 * The configuration of a suite: found, loaded, checked.
 *
 * Knows files, sections and how to say what is wrong with them; what a section may hold is known to the package that it
 * configures, and handed in as a schema.
 */
export { checkSections, type SchemaIssue, type SectionSchema, type SectionSchemas } from './check-sections.ts';
export { type HubConfig, type Named, SECTIONS } from './define-hub.ts';
export { ConfigError, ConfigLoadError } from './errors.ts';
export { CONFIG_FILES, CONFIG_VARIABLE, type FindOptions, findConfig } from './find-config.ts';
export { type LoadedConfig, loadConfig, type SectionCheck } from './load-config.ts';
export { meant } from './meant.ts';
