/** Sets switches from another process. */
import type { SwitchInput, SwitchState } from './schema.ts';

export interface Switches {
  /** Switches on, or replaces the switch of that name and starts its counts anew. */
  put(id: string, wanted: SwitchInput): Promise<void>;
  /** With their counts so far. */
  list(): Promise<SwitchState[]>;
  remove(id: string): Promise<void>;
  removeAll(): Promise<void>;
}

/** @throws {Error} from each call that the control API refuses, in its words. */
export function connectSwitches(controlUrl: string, token: string): Switches {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(controlUrl + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (response.status === 204) return undefined;
    const answer = (await response.json()) as { error?: { message: string } };
    if (!response.ok) throw new Error(`The control API refused ${method} ${path}: ${answer.error?.message}`);
    return answer;
  };
  return {
    async put(id, wanted) {
      await call('PUT', `/_switches/${encodeURIComponent(id)}`, wanted);
    },
    async list() {
      return ((await call('GET', '/_switches')) as { switches: SwitchState[] }).switches;
    },
    async remove(id) {
      await call('DELETE', `/_switches/${encodeURIComponent(id)}`);
    },
    async removeAll() {
      await call('DELETE', '/_switches');
    },
  };
}
