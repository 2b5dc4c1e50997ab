/** Files that load each other in a circle see each other half made. Types may refer to each other: they are gone at run time. */
import type { Rule } from '../rule.ts';
import { relativeTarget, type SourceTree } from '../source-tree.ts';

export const noCycles: Rule = {
  name: 'no files load each other in a circle',
  check: tree => {
    const graph = importGraph(tree);
    const seen = new Set<string>();
    const found: string[] = [];
    for (const start of graph.keys()) walk(start, [], graph, seen, found);
    return found;
  },
};

function walk(path: string, above: string[], graph: Map<string, string[]>, seen: Set<string>, found: string[]): void {
  const at = above.indexOf(path);
  if (at >= 0) {
    const circle = [...above.slice(at), path];
    found.push(`${circle.join(' -> ')}: move what they share into a file of its own`);
    return;
  }
  if (seen.has(path)) return;
  for (const next of graph.get(path) ?? []) walk(next, [...above, path], graph, seen, found);
  seen.add(path);
}

function importGraph(tree: SourceTree): Map<string, string[]> {
  return new Map(
    tree.files.map(file => [
      file.path,
      file.imports
        .filter(({ lazy, typeOnly }) => !lazy && !typeOnly)
        .flatMap(({ specifier }) => relativeTarget(file, specifier) ?? [])
        .filter(target => target !== file.path),
    ]),
  );
}
