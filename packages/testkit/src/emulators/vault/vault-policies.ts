/** Who may do what on which path. @see https://developer.hashicorp.com/vault/docs/concepts/policies */
import type { Token } from './vault-tokens.ts';

export type Capability = 'create' | 'read' | 'update' | 'patch' | 'delete' | 'list' | 'deny';
/** Capabilities by path: `kv/data/shop/*`; `+` stands for one part, `*` at the end for any rest. */
export type PolicyRules = Readonly<Record<string, readonly Capability[]>>;

/** What every token may do unless it was made without this policy. Revoking a lease is not in it. */
const DEFAULT: PolicyRules = {
  'auth/token/lookup-self': ['read'],
  'auth/token/renew-self': ['update'],
  'auth/token/revoke-self': ['update'],
  'sys/leases/renew': ['update'],
  'sys/leases/lookup': ['update'],
};

export class PolicyBook {
  readonly #policies = new Map<string, PolicyRules>([['default', DEFAULT]]);

  set(name: string, rules: PolicyRules): void {
    this.#policies.set(name, rules);
  }

  allows({ policies }: Token, path: string, capability: Capability): boolean {
    if (policies.includes('root')) return true;
    const granted = this.#rulesOf(policies).filter(([pattern]) => matches(pattern, path));
    return granted.some(([, can]) => can.includes(capability)) && !granted.some(([, can]) => can.includes('deny'));
  }

  /** It has a right somewhere below: enough to learn what the mount is. */
  reaches({ policies }: Token, mount: string): boolean {
    return policies.includes('root') || this.#rulesOf(policies).some(([pattern]) => pattern.startsWith(mount));
  }

  #rulesOf(policies: readonly string[]): [string, readonly Capability[]][] {
    return policies.flatMap(name => Object.entries(this.#policies.get(name) ?? {}));
  }
}

function matches(pattern: string, path: string): boolean {
  const open = pattern.endsWith('*');
  const wanted = (open ? pattern.slice(0, -1) : pattern).split('/');
  const parts = path.split('/');
  if (open ? parts.length < wanted.length : parts.length !== wanted.length) return false;
  return wanted.every((part, index) => {
    const own = parts[index] ?? '';
    if (part === '+') return true;
    return open && index === wanted.length - 1 ? own.startsWith(part) : own === part;
  });
}
