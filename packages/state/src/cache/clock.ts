/** The wall clock, looked at once in each turn of the event loop: a hit in memory costs less than asking for the time. */
import { setTimeout } from 'node:timers';

/** How long a reading is believed, in milliseconds, and to the end of the turn that is running then. */
const BELIEVED_MS = 1;

export function coarseClock(): () => number {
  let reading: number | undefined;
  const forget = (): void => {
    reading = undefined;
  };
  return () => {
    if (reading === undefined) {
      reading = Date.now();
      setTimeout(forget, BELIEVED_MS).unref();
    }
    return reading;
  };
}
