/**
 * Where a call was made. Its errors come later, from timers and sockets, and their stacks begin in this package; a runner shows
 * the code at the first frame, which has to be the line that made the call.
 */
import { isQualityHubError } from '@quality-hub/protocol';

export interface CallSite {
  /** Written by V8 when it is first read: a call that goes well pays for a short list of frames, and for no text. */
  readonly stack?: string;
}

/** Frames that are kept. Playwright raises the limit to 200, each of which costs every call. */
const FRAMES = 8;

/** @param called The public method: its own frame, and all above it, are left out. */
export function callSite(called: (...given: never[]) => unknown): CallSite {
  const site: CallSite = {};
  const { stackTraceLimit } = Error;
  const isLong = stackTraceLimit > FRAMES;
  if (isLong) Error.stackTraceLimit = FRAMES;
  Error.captureStackTrace(site, called);
  if (isLong) Error.stackTraceLimit = stackTraceLimit;
  return site;
}

/** Moves an error of ours to the line that made the call. What others have thrown stays as it is: an abort's reason, a bug. */
export function atCallSite(error: unknown, site: CallSite): unknown {
  if (!isQualityHubError(error)) return error;
  // Where a call goes on after a wait, Node's own frame comes before the first of the test.
  const frames = framesOf(site.stack).replace(/^(?:\n {4}at [^\n]*\bnode:[^\n]*)+/, '');
  if (frames === '') return error;
  const own = error.stack ?? '';
  const head = own.slice(0, own.length - framesOf(own).length) || `${error.name}: ${error.message}`;
  error.stack = head + frames;
  return error;
}

/** From the line end before the first frame on. */
function framesOf(stack = ''): string {
  const at = stack.search(/\n {4}at /);
  return at === -1 ? '' : stack.slice(at);
}
