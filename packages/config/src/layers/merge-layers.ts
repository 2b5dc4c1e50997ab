/** Merges layers, and remembers for each value which one it is of. */
import { type ConfigPath, isMarker, isTree, pathText, valueAt } from '../config-path.ts';
import type { Layer } from './layer.ts';

export interface MergedLayers {
  readonly tree: Readonly<Record<string, unknown>>;
  /** The layer of the value at a place; of a tree, that of the last layer that has something in it. */
  originOf(path: ConfigPath): Layer | undefined;
}

/** Objects are merged, everything else is replaced as a whole, lists too. `undefined` changes nothing. */
export function mergeLayers(layers: readonly Layer[]): MergedLayers {
  const origins = new Map<string, Layer>();
  const tree: Record<string, unknown> = {};
  for (const layer of layers) mergeInto(tree, layer.tree, [], layer, origins);
  return {
    tree,
    originOf: path => {
      for (let length = path.length; length > 0; length--) {
        const origin = origins.get(pathText(path.slice(0, length)));
        if (origin) return origin;
      }
      return undefined;
    },
  };
}

/** The layers that say something of a place, the one that counts last. */
export function layersAt(layers: readonly Layer[], path: ConfigPath): readonly { layer: Layer; value: unknown }[] {
  return layers.flatMap(layer => {
    const value = valueAt(layer.tree, path);
    return value === undefined ? [] : [{ layer, value }];
  });
}

/** True for what is merged name by name. */
export function isMerged(value: unknown): value is Readonly<Record<string, unknown>> {
  return isTree(value) && !isMarker(value);
}

function mergeInto(
  target: Record<string, unknown>,
  from: Readonly<Record<string, unknown>>,
  path: ConfigPath,
  layer: Layer,
  origins: Map<string, Layer>,
): void {
  for (const [key, value] of Object.entries(from)) {
    // As a name it would set the prototype of the tree.
    if (value === undefined || key === '__proto__') continue;
    const place = [...path, key];
    origins.set(pathText(place), layer);
    if (!isMerged(value)) {
      target[key] = value;
      continue;
    }
    const before = Object.hasOwn(target, key) ? target[key] : undefined;
    const inner: Record<string, unknown> = isMerged(before) ? (before as Record<string, unknown>) : {};
    target[key] = inner;
    mergeInto(inner, value, place, layer, origins);
  }
}
