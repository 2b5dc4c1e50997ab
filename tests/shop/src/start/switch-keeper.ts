/** Holds the list of switches for both services, and closes and opens their ports during an outage. */
import { createQueue } from '../database/queue.ts';
import type { Switch, SwitchState } from '../switches/schema.ts';
import type { Supervised } from './supervised.ts';

export type ServiceName = Switch['service'];

export interface SwitchKeeper {
  put(id: string, wanted: Switch): Promise<SwitchState>;
  list(): Promise<SwitchState[]>;
  /** False when there is none of that name. */
  remove(id: string): Promise<boolean>;
  removeAll(): Promise<void>;
  close(): void;
}

export function createSwitchKeeper(services: Readonly<Record<ServiceName, Supervised>>): SwitchKeeper {
  let states: SwitchState[] = [];
  let timers: NodeJS.Timeout[] = [];
  const queue = createQueue();

  /** Sends each service its switches and takes the counts back. */
  async function sync(): Promise<void> {
    const counted: SwitchState[] = [];
    for (const name of ['shop', 'payments'] as const) {
      const mine = states.filter(state => state.service === name);
      counted.push(...(await services[name].apply(mine, !mine.some(isOutageNow))));
    }
    states = states.map(state => counted.find(one => one.id === state.id) ?? state);
    wakeAtNextChange();
  }

  function wakeAtNextChange(): void {
    for (const timer of timers) clearTimeout(timer);
    const now = Date.now();
    const changes = states
      .filter(state => state.fault.kind === 'outage')
      .flatMap(({ setAt, when }) => [when.fromMs, when.untilMs].map(ms => Date.parse(setAt) + (ms ?? 0) - now))
      .filter(inMs => inMs > 0);
    // A failure here shows in the next call of the control API.
    timers = changes.map(inMs => setTimeout(() => void queue.run(sync).catch(() => undefined), inMs));
  }

  return {
    put: (id, wanted) =>
      queue.run(async () => {
        const state: SwitchState = { ...wanted, id, setAt: new Date().toISOString(), seen: 0, struck: 0 };
        const before = states;
        states = [...states.filter(one => one.id !== id), state];
        try {
          await sync();
        } catch (error) {
          states = before;
          throw error;
        }
        return state;
      }),
    list: () =>
      queue.run(async () => {
        await sync();
        return states;
      }),
    remove: id =>
      queue.run(async () => {
        const known = states.some(state => state.id === id);
        states = states.filter(state => state.id !== id);
        await sync();
        return known;
      }),
    removeAll: () =>
      queue.run(async () => {
        states = [];
        await sync();
      }),
    close() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function isOutageNow({ fault, when, setAt }: SwitchState): boolean {
  if (fault.kind !== 'outage') return false;
  const ageMs = Date.now() - Date.parse(setAt);
  return ageMs >= (when.fromMs ?? 0) && ageMs < (when.untilMs ?? Number.POSITIVE_INFINITY);
}
