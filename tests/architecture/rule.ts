/** What a rule of the house is. */
import type { SourceTree } from './source-tree.ts';

export interface Rule {
  /** The rule as a fact: it names the test. */
  readonly name: string;
  /** One sentence for each place that breaks it: the file, the import, what to do. Empty when the rule holds. */
  readonly check: (tree: SourceTree) => string[];
}
