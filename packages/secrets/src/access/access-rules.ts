/** Who may use which secret, as the configuration says it. */
import { SecretError } from '@quality-hub/protocol';
import picomatch from 'picomatch';

/** Whom a rule is about. What is left out fits everybody; of each list one has to fit. */
export interface AccessScope {
  /** `@destructive`, as tests are tagged. */
  readonly tags?: readonly string[];
  /** Globs of test files, from the folder of the configuration: `e2e/payments/**`. */
  readonly files?: readonly string[];
  /** Projects of Playwright. */
  readonly projects?: readonly string[];
  /** Environments of the configuration: `production`. */
  readonly environments?: readonly string[];
  /** True fits only tests that run beside others. */
  readonly parallel?: boolean;
}

export interface AccessRule extends AccessScope {
  /** What a refusal calls the rule. */
  readonly name: string;
  /** Globs of the names of secrets: `prod*`. */
  readonly secrets: string | readonly string[];
  /**
   * `deny` refuses whom the rule is about. `allow` refuses everybody else; of several rules that allow, one has to fit.
   * @default 'allow'
   */
  readonly effect?: 'allow' | 'deny';
}

/** Who asks. What is not known fits no rule. */
export interface SecretUser {
  /** Title of the test. */
  readonly title?: string;
  /** From the folder of the configuration, with `/`. */
  readonly file?: string;
  readonly tags?: readonly string[];
  readonly project?: string;
  readonly environment?: string;
  /** Whether other workers run at the same time. */
  readonly parallel?: boolean;
}

/** Gives the reason why `user` may not use a secret; undefined where it may. */
export type AccessCheck = (name: string, user: SecretUser) => SecretError | undefined;

interface CompiledRule {
  readonly name: string;
  readonly effect: 'allow' | 'deny';
  readonly covers: (name: string) => boolean;
  readonly fits: (user: SecretUser) => boolean;
}

/** Rules that deny come first; then one of those that allow has to fit, where there are any for the name. */
export function compileAccess(rules: readonly AccessRule[]): AccessCheck {
  const compiled = rules.map(compile);
  return (name, user) => {
    const about = compiled.filter(({ covers }) => covers(name));
    const denied = about.find(({ effect, fits }) => effect === 'deny' && fits(user));
    if (denied !== undefined) return refusal(name, user, `the rule ${denied.name} denies it`, denied.name);
    const allowing = about.filter(({ effect }) => effect === 'allow');
    if (allowing.length === 0 || allowing.some(({ fits }) => fits(user))) return undefined;
    const names = allowing.map(rule => rule.name).join(' and ');
    return refusal(name, user, `only ${names} ${allowing.length === 1 ? 'allows' : 'allow'} it, to others`, names);
  };
}

function refusal(name: string, { title }: SecretUser, why: string, rule: string): SecretError {
  return new SecretError(
    'QH_SECRET_REFUSED',
    `The secret ${name} is not for ${title === undefined ? 'this use' : `the test "${title}"`}: ${why}`,
    `Look at ${rule} in secrets.access of the configuration`,
  );
}

function compile({ name, secrets, effect = 'allow', ...scope }: AccessRule): CompiledRule {
  return { name, effect, covers: matcher([secrets].flat()), fits: fitting(scope) };
}

function fitting({ tags, files, projects, environments, parallel }: AccessScope): (user: SecretUser) => boolean {
  const ofFile = files === undefined ? undefined : matcher(files);
  return user =>
    (tags === undefined || tags.some(tag => user.tags?.includes(tag) === true)) &&
    (ofFile === undefined || (user.file !== undefined && ofFile(user.file))) &&
    includes(projects, user.project) &&
    includes(environments, user.environment) &&
    (parallel === undefined || user.parallel === parallel);
}

function includes(list: readonly string[] | undefined, value: string | undefined): boolean {
  return list === undefined || (value !== undefined && list.includes(value));
}

function matcher(globs: readonly string[]): (text: string) => boolean {
  return picomatch([...globs], { dot: true });
}
