/** In which order tables can be emptied: whoever refers to another goes first. */

export interface Reference {
  /** The table with the foreign key. */
  readonly from: string;
  readonly to: string;
}

/** Tables of a circle come in the order they were given, behind all that can be ordered before them. */
export function deletionOrder(tables: readonly string[], references: readonly Reference[]): readonly string[] {
  const left = new Set(tables);
  const order: string[] = [];
  const isReferred = (table: string): boolean =>
    references.some(({ from, to }) => to === table && from !== table && left.has(from));
  while (left.size > 0) {
    const free = [...left].filter(table => !isReferred(table));
    const next = free.length > 0 ? free : [...left].slice(0, 1);
    for (const table of next) {
      left.delete(table);
      order.push(table);
    }
  }
  return order;
}
