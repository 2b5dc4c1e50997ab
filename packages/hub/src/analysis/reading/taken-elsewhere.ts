/** Which refusal of an attempt was not the secret's fault: the service took the same secret at other places afterwards. */
import type { AttemptFacts, CallEvidence, TakenElsewhere } from '@quality-hub/protocol';
import { type Exchange, label, pathTemplate } from './exchanges.ts';

export function refusalTakenElsewhere(facts: AttemptFacts, exchange: Exchange): TakenElsewhere | undefined {
  const place = label(exchange);
  return facts.takenElsewhere?.find(taken => taken.place === place && taken.status === exchange.status);
}

export function isCallTakenElsewhere({ takenElsewhere = [] }: AttemptFacts, call: CallEvidence): boolean {
  const place = placeOfCall(call);
  return takenElsewhere.some(
    taken => taken.dependency === call.dependency && taken.place === place && taken.status === call.status,
  );
}

/** `GET /orders/:id` */
export function placeOfCall({ operation }: CallEvidence): string {
  const [method, path = ''] = operation.split(' ');
  return `${method} ${pathTemplate(path)}`;
}
