/** Where records were created: what was created elsewhere must not be removed from here. */

/** Addresses of clients and databases by name, and what else tells one environment from another; without secrets. */
export type Target = Readonly<Record<string, string>>;

/**
 * Why what was created at `created` is not removed from `here`, in a sentence without its end; undefined where nothing speaks
 * against it. What only one of them names says nothing: a command does not know the `baseURL` of a test, say.
 */
export function whyElsewhere(created: Target = {}, here: Target = {}): string | undefined {
  for (const [name, place] of Object.entries(created)) {
    const other = here[name];
    if (other !== undefined && other !== place)
      return `it was created where ${name} is ${place}, and here it is ${other}`;
  }
  return undefined;
}
