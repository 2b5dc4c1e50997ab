/** How often a store in the network is asked again, and how what ended there is told. */
import { SecretError } from '@quality-hub/protocol';
import { classify, createPolicy, type Policy, type Registry } from '@quality-hub/resilience';

export interface StorePolicyOptions {
  /** What errors call it. */
  readonly name: string;
  /** Longest time of one request, in milliseconds. @default 4_000 */
  readonly timeoutMs?: number | undefined;
  /** For its clocks. @default one of its own */
  readonly registry?: Registry | undefined;
}

/** A question and all its repetitions; below the ten seconds that `openSecrets` gives a store. */
export const DEADLINE_MS = 9_000;

/**
 * Two more tries of what may be over soon, with the delay that the store asks for; where that is past the deadline, none. The
 * clients below have to be told not to repeat anything themselves, or three tries become nine.
 */
export function storePolicy({ name, timeoutMs = 4_000, registry }: StorePolicyOptions): Policy {
  return createPolicy(
    {
      name,
      deadlineMs: DEADLINE_MS,
      timeoutMs,
      retry: {
        retries: 2,
        baseMs: 100,
        maxMs: 2_000,
        budget: false,
        // Vault answers so where another node has not yet heard of a write.
        when: ({ failure }) => (failure.code === 'HTTP 412' ? true : undefined),
      },
    },
    registry === undefined ? {} : { registry },
  );
}

/** The word for what never came to an answer. A signal's own reason is left as it is. */
export function unreachable(store: string, doing: string, cause: unknown, hint?: string): SecretError {
  const { code = 'no answer', breakdown } = classify(cause);
  const why = WHY[code] ?? (breakdown === undefined ? code : `${breakdown}, ${code}`);
  return new SecretError(
    'QH_SECRET_UNREACHABLE',
    `${store} cannot be reached for ${doing} (${why})`,
    hint ?? hintFor(code),
    cause,
  );
}

const WHY: Readonly<Record<string, string>> = { QH_DEADLINE: 'no answer in time', QH_TIMEOUT: 'no answer in time' };

function hintFor(code: string): string {
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/.test(code))
    return 'Its certificate is not trusted: give the authority that has signed it (`caFile`, or NODE_EXTRA_CA_CERTS)';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'The name cannot be looked up: is it right, and is there a VPN';
  if (code === 'ECONNREFUSED') return 'Nobody listens there: is the port right, and does it run';
  return 'Look at the address, at the network and at a proxy on the way';
}
