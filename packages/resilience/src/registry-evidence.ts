/** What a registry or a health board tells, as evidence of an attempt: the form in which reports show it. */
import type { Evidence } from '@quality-hub/protocol';
import type { HealthChange } from './health/health-board.ts';
import type { RegistryEvent } from './registry.ts';

/** A change of a breaker, or that a feature works less well. A dependency is known by the name of its policy. */
export function registryEvidence(event: RegistryEvent): Evidence {
  if (event.type === 'degraded') {
    const { feature, policy: dependency, reason } = event.degradation;
    return { kind: 'health', dependency, state: 'degraded', feature, detail: reason };
  }
  const { policy: dependency, from, to, reason, retryAt } = event;
  return { kind: 'breaker', dependency, from, to, reason, ...(retryAt === undefined ? {} : { retryAt }) };
}

export function healthEvidence({ dependency, to: state, detail }: HealthChange): Evidence {
  return { kind: 'health', dependency, state, ...(detail === undefined ? {} : { detail }) };
}
