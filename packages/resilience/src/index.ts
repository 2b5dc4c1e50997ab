/**
 * Keeps calls alive that can be, and ends those that cannot: deadlines, retries, breakers, rate limits, bulkheads, health.
 *
 * Knows nothing of HTTP, of databases or of Playwright; time and chance come in as arguments.
 */
export type { CallContext, CallOptions, Policy, PolicyEvent } from './policy.ts';
