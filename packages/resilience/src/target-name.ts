/** Targets are named `host class-of-operation`, such as `pay.example:443 read`. */

/** The target itself, or one of the host that `name` is. */
export function isOf(target: string, name: string): boolean {
  return target === name || (target.startsWith(name) && target.charAt(name.length) === ' ');
}

export function hostOf(target: string): string {
  const space = target.indexOf(' ');
  return space < 0 ? target : target.slice(0, space);
}
