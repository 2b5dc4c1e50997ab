/** How a store in the network says that it is down. */
import type { SecretError, StoreHealth } from '@quality-hub/protocol';

/** Why, and what to do about it. @throws the reason of `signal` where nobody wants to know any more. */
export function downBecause(error: unknown, signal: AbortSignal): StoreHealth {
  signal.throwIfAborted();
  const { message, hint } = error as Partial<SecretError>;
  return { state: 'down', detail: [message, hint].filter(Boolean).join('. ') };
}
