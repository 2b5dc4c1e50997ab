/** Values that stay as they are. */
import { isTree } from './config-path.ts';

/** Trees and lists are frozen through and through; what is a class's is left as it is. */
export function frozen<T>(value: T): T {
  if (isTree(value) || Array.isArray(value)) {
    for (const inner of Object.values(value)) frozen(inner);
    Object.freeze(value);
  }
  return value;
}
