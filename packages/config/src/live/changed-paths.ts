/** Where two configurations differ. */
import { leavesOf, pathText } from '../config-path.ts';
import { toPlainForm } from '../hand-over/plain-form.ts';

export interface ChangedPath {
  readonly path: string;
  /** Undefined where there was nothing. */
  readonly before: unknown;
  /** Undefined where there is nothing any more. */
  readonly after: unknown;
}

/** In the order of their names. Functions are the same where both have one. */
export function changedPaths(before: object, after: object): readonly ChangedPath[] {
  const [old, now] = [leaves(before), leaves(after)];
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  return paths.flatMap(path => {
    const [was, is] = [old.get(path), now.get(path)];
    return was?.text === is?.text ? [] : [{ path, before: was?.value, after: is?.value }];
  });
}

function leaves(tree: object): ReadonlyMap<string, { value: unknown; text: string }> {
  const found = leavesOf(tree).map(([path, value]) => {
    return [pathText(path), { value, text: JSON.stringify(toPlainForm(value).json) }] as const;
  });
  return new Map(found);
}
