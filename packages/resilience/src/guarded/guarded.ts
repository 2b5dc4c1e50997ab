/** Runs a user's own function or method inside a policy. */
import { OptionError } from '@quality-hub/protocol';
import type { CallOptions, Policy } from '../policy.ts';
import { policyInUse } from './policies-in-use.ts';

type AsyncFunction = (...args: never[]) => Promise<unknown>;

/** As for a call; what is done, if it is not said, is the name of the function. */
export type GuardOptions = Pick<CallOptions, 'idempotent' | 'target' | 'priority' | 'deadlineMs' | 'doing'>;

/** A standard decorator of methods: what TypeScript calls `ClassMethodDecoratorContext` fits. */
export type GuardDecorator = <Method extends AsyncFunction>(
  method: Method,
  context: { readonly kind: 'method'; readonly name: string | symbol },
) => Method;

/**
 * Wraps a function: `const refund = guarded('payments', async (id: string) => …)`. The policy is one in use under that
 * name when the function is called, or the one that is given.
 *
 * @throws {UnknownPolicyError} (`QH_POLICY`), when it is called, if no policy of that name is in use.
 */
export function guarded<Fn extends AsyncFunction>(policy: string | Policy, fn: Fn, options?: GuardOptions): Fn;
/**
 * Decorates a method of a page object or a client: `@guarded('payments') async refund(id: string) { … }`.
 *
 * A standard decorator (2023-11): Playwright's transform and `tsc` compile it. Node's own type stripping does not, nor does
 * `experimentalDecorators`: use `guarded(name, fn)` there.
 *
 * @throws {OptionError} (`QH_OPTION`), where the class is made, on anything but a method.
 */
export function guarded(policy: string | Policy, options?: GuardOptions): GuardDecorator;
export function guarded<Fn extends AsyncFunction>(
  policy: string | Policy,
  fnOrOptions?: Fn | GuardOptions,
  options: GuardOptions = {},
): Fn | GuardDecorator {
  if (typeof fnOrOptions === 'function') return wrap(policy, fnOrOptions, { doing: fnOrOptions.name, ...options });
  const given = fnOrOptions ?? {};
  const decorate = <Method extends AsyncFunction>(method: Method, context: unknown): Method => {
    const { kind, name } = Object(context) as { readonly kind?: unknown; readonly name?: unknown };
    if (typeof method === 'function' && kind === 'method')
      return wrap(policy, method, { doing: String(name), ...given });
    throw new OptionError(
      '@guarded',
      [`stands on ${kind === undefined ? 'no target of a standard decorator' : `a ${kind}`}, expected a method`],
      'Turn experimentalDecorators off in tsconfig.json, or use guarded(name, fn)',
    );
  };
  return decorate;
}

function wrap<Fn>(policy: string | Policy, fn: Fn, { doing, ...options }: GuardOptions): Fn {
  const call = fn as (this: unknown, ...args: unknown[]) => Promise<unknown>;
  const inside = function (this: unknown, ...args: unknown[]): Promise<unknown> {
    try {
      // A function may return no promise, or throw before it does: both are met by the `async`.
      const run = (found: Policy): Promise<unknown> =>
        found.execute(async () => call.apply(this, args), { ...options, ...(doing ? { doing } : {}) });
      const found = typeof policy === 'string' ? policyInUse(policy) : policy;
      return found instanceof Promise ? found.then(run) : run(found);
    } catch (error) {
      return Promise.reject(error);
    }
  };
  Object.defineProperty(inside, 'name', { value: call.name });
  Object.defineProperty(inside, 'length', { value: call.length });
  return inside as Fn;
}
