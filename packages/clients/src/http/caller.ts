/**
 * Shows errors of calls at the line that made the call. They come from timers and sockets, so their own stacks name nobody but
 * this package; a runner shows the code at the first frame.
 *
 * V8 knows who awaits: the frames cost a call that goes well nothing, where taking them with each call costs a tenth of it.
 * A call whose failure comes before anybody awaits it keeps its own stack.
 *
 * @see https://v8.dev/docs/stack-trace-api, "Async stack traces"
 */
import { fileURLToPath } from 'node:url';
import { isQualityHubError } from '@quality-hub/protocol';

/** In a stack, a file is a path or a URL, as the loader has it. */
const OWN_URL = new URL('.', import.meta.url).href;
const OWN_FOLDER = fileURLToPath(OWN_URL);

/**
 * To be called from the `catch` of an async function that the caller awaits. What others have thrown stays as it is: an abort's
 * reason, a bug.
 */
export function shownAtCaller(error: unknown): unknown {
  if (!isQualityHubError(error)) return error;
  const here: { stack?: string } = {};
  Error.captureStackTrace(here, shownAtCaller);
  const frames = framesOf(here.stack);
  const first = frames.findIndex(frame => !isOwn(frame));
  if (first === -1) return error;
  const own = error.stack ?? '';
  const at = own.indexOf(FRAME);
  const head = at === -1 ? `${error.name}: ${error.message}` : own.slice(0, at);
  error.stack =
    head +
    frames
      .slice(first)
      .map(frame => FRAME + frame)
      .join('');
  return error;
}

const FRAME = '\n    at ';

function framesOf(stack = ''): readonly string[] {
  return stack.split(FRAME).slice(1);
}

function isOwn(frame: string): boolean {
  return frame.includes(OWN_URL) || frame.includes(OWN_FOLDER) || /\bnode:|<anonymous>\)?$/.test(frame);
}
