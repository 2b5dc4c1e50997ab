/** What the doctor looks at, and what it says. */
import type { ProjectFacts } from './project-facts.ts';

export type CheckStatus = 'ok' | 'warn' | 'fail';

export interface CheckResult {
  /** Stable name, such as `playwright-version`. */
  readonly name: string;
  readonly status: CheckStatus;
  /** One sentence: what was found. */
  readonly message: string;
  /** What to do; absent where all is well. */
  readonly remedy?: string;
}

/** The project under examination. */
export interface Patient {
  /** Folder of the configuration. */
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  /** The configuration as Playwright itself resolved it. */
  readonly facts: ProjectFacts;
}
