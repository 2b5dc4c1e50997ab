/** Lets the errors of a statement point at the line that asked for it: they come from sockets and timers, whose stacks begin here. */
import { atCallSite, callSite } from '../http/call-site.ts';

/** @param called The public method: its own frame, and all above it, are left out. */
export async function atCall<T>(called: (...given: never[]) => unknown, work: () => Promise<T>): Promise<T> {
  const site = callSite(called);
  try {
    return await work();
  } catch (error) {
    throw atCallSite(error, site);
  }
}

/** As {@link atCall}, for a method that runs a function of the caller: what that throws shows where it was thrown. */
export function atCallAround<T, Given>(
  called: (...given: never[]) => unknown,
  inner: (given: Given) => Promise<T>,
  work: (watched: (given: Given) => Promise<T>) => Promise<T>,
): Promise<T> {
  const site = callSite(called);
  let thrown: { readonly error: unknown } | undefined;
  const watched = async (given: Given): Promise<T> => {
    try {
      return await inner(given);
    } catch (error) {
      thrown = { error };
      throw error;
    }
  };
  return work(watched).catch((error: unknown) => {
    throw error === thrown?.error ? error : atCallSite(error, site);
  });
}
