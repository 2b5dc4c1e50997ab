/** What a registry or a health board tells, as evidence of an attempt: the form in which reports show it. */
import type { Evidence } from '@quality-hub/protocol';
import type { DependencyHealth } from './health/health-board.ts';
import type { RegistryEvent } from './registry.ts';

/** A change of a breaker, or that something works less well: the name of that note is `degraded`. */
export function registryEvidence(event: RegistryEvent): Evidence {
  if (event.type === 'degraded') return { kind: 'note', name: 'degraded', data: event.degradation };
  const { target, from, to, reason, retryAt } = event;
  return { kind: 'breaker', dependency: target, from, to, reason, ...(retryAt === undefined ? {} : { retryAt }) };
}

/** Undefined while nobody knows. */
export function healthEvidence({ dependency, state, detail }: DependencyHealth): Evidence | undefined {
  if (state === 'unknown') return undefined;
  return { kind: 'health', dependency, state, ...(detail === undefined ? {} : { detail }) };
}
