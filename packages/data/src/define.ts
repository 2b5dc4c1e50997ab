/**
 * What factories are written with. A door of its own: the files of a suite import it, and it loads next to nothing.
 */
export type { DataContext, Via } from './create/context.ts';
export { inTable, type TableOptions } from './create/in-table.ts';
export { type DatasetDefinition, type DatasetOptions, dataset, type RowSchema } from './datasets/definition.ts';
export { type DatasetRule, refersTo, type SetRule, unique } from './datasets/rules.ts';
export type { BuildContext, Definition, Link, Trait } from './factory/definition.ts';
export {
  type AnyFactory,
  define,
  type Factory,
  type InputOfFactory,
  type Overrides,
  type RecordOf,
} from './factory/factory.ts';
export { belongsTo, hasMany, linksTo, manyToMany } from './factory/relations.ts';
export { type Rule, rule } from './rules/rule.ts';
export { type Template, type TemplateMaker, template } from './template/template.ts';
