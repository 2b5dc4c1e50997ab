/** The one kind of failure the set-up reports: a sentence with its remedy, and the log to look into. */

export class SetupError extends Error {
  /**
   * @param {string} sentence what happened and what to do about it
   * @param {{ log?: string }} [details] the file that holds the whole output
   */
  constructor(sentence, { log } = {}) {
    super(log ? `${sentence} The whole output is in ${log}.` : sentence);
    this.name = 'SetupError';
  }
}

/** Prints a failure as one sentence; only what nobody foresaw keeps its stack. */
export function explain(error) {
  if (error instanceof SetupError) return error.message;
  if (isNotWritable(error)) {
    return `Cannot write to ${error.path ?? 'the working folder'} (${error.code}): make it writable for this user and run the command again.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

export function isNotWritable(error) {
  return ['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(error?.code) && typeof error.path === 'string';
}
