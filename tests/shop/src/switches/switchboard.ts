/** Decides, request by request, which switches strike. */
import type { Fault, SwitchState } from './schema.ts';

export interface IncomingRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
}
export interface Strike {
  readonly id: string;
  readonly fault: Fault;
}
export interface Switchboard {
  /** Takes the full list. A switch that was there with the same `setAt` goes on counting. */
  set(states: readonly SwitchState[]): void;
  /** The faults of this request, in the order of the list. Counts it. */
  strikesFor(request: IncomingRequest): Strike[];
  states(): SwitchState[];
}

export function createSwitchboard(now: () => number = Date.now): Switchboard {
  let live: LiveSwitch[] = [];
  return {
    set(states) {
      live = states.map(state => {
        const known = live.find(one => one.state.id === state.id && one.state.setAt === state.setAt);
        return known ?? { state: { ...state }, matches: routeMatcher(state.route), random: randomOf(state) };
      });
    },
    strikesFor(request) {
      return live.filter(one => strikes(one, request, now())).map(({ state: { id, fault } }) => ({ id, fault }));
    },
    states: () => live.map(one => ({ ...one.state })),
  };
}

interface LiveSwitch {
  readonly state: { -readonly [Key in keyof SwitchState]: SwitchState[Key] };
  readonly matches: (method: string, path: string) => boolean;
  readonly random: () => number;
}

function strikes({ state, matches, random }: LiveSwitch, request: IncomingRequest, now: number): boolean {
  const { when, header, setAt, fault } = state;
  if (fault.kind === 'outage' || !matches(request.method, request.path)) return false;
  if (header && request.headers[header.name] !== header.value) return false;
  const ageMs = now - Date.parse(setAt);
  if (ageMs < (when.fromMs ?? 0) || ageMs >= (when.untilMs ?? Number.POSITIVE_INFINITY)) return false;
  state.seen++;
  if (when.every !== undefined && state.seen % when.every !== 0) return false;
  if (when.probability01 !== undefined && random() >= when.probability01) return false;
  if (when.count !== undefined && state.struck >= when.count) return false;
  state.struck++;
  return true;
}

/** A small seeded generator, moved on by as many steps as the switch has seen before a restart. */
function randomOf({ when, seen }: SwitchState): () => number {
  const next = generator(when.seed ?? 1);
  for (let i = 0; i < seen; i++) next();
  return next;
}

/** A linear congruential generator: enough to choose requests, and the same on every machine. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** `POST /api/orders/:id/payments` or `* /api/*` as a test of method and path. */
export function routeMatcher(route: string): (method: string, path: string) => boolean {
  const space = route.indexOf(' ');
  const method = route.slice(0, space);
  const pattern = route
    .slice(space + 1)
    .split('/')
    .map(segment => (segment.startsWith(':') ? '[^/]+' : segment.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
    .join('/')
    .replaceAll('*', '.*');
  const path = new RegExp(`^${pattern}$`);
  return (requestMethod, requestPath) => (method === '*' || method === requestMethod) && path.test(requestPath);
}
