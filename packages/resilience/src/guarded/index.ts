/**
 * Runs users' own functions and methods inside the policies of a configuration.
 *
 * A door of its own: whoever writes a class with it loads nothing of the policies, which are made when they are first called.
 */
export { type GuardDecorator, type GuardOptions, guarded } from './guarded.ts';
export { type PolicyFinder, UnknownPolicyError, usePolicies } from './policies-in-use.ts';
