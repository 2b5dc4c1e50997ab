/** Tests that wait for each other in a circle. */

/** The shortest circle through `from`, `from` first and last; undefined where there is none. */
export function circleThrough<T>(from: T, needs: (node: T) => readonly T[]): readonly T[] | undefined {
  const before = new Map<T, T>();
  const queue = [from];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    for (const next of needs(node)) {
      if (next === from) return [...pathTo(node, from, before), from];
      if (before.has(next)) continue;
      before.set(next, node);
      queue.push(next);
    }
  }
  return undefined;
}

function pathTo<T>(node: T, from: T, before: ReadonlyMap<T, T>): T[] {
  const path = [node];
  for (let at = node; at !== from; ) {
    const previous = before.get(at);
    if (previous === undefined) break;
    path.unshift(previous);
    at = previous;
  }
  return path;
}
