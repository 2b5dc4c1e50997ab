/** Parents of a record that is only built: each is made when it is looked at. */
import type { NamedRelation, Parts } from './parts.ts';
import type { BelongsTo } from './relations.ts';

export type MakeStandIn = (relation: NamedRelation<BelongsTo>) => unknown;
type StandInsOfFactory = new (make: MakeStandIn) => object;

/** Read by the getters of {@link classFor}. */
class Parents {
  readonly made: unknown[] = [];
  readonly make: MakeStandIn;

  constructor(make: MakeStandIn) {
    this.make = make;
  }
}

const CLASSES = new WeakMap<Parts, StandInsOfFactory>();

export const StandIns = {
  for(parts: Parts, make: MakeStandIn): object {
    let Class = CLASSES.get(parts);
    if (Class === undefined) {
      Class = classFor(parts);
      CLASSES.set(parts, Class);
    }
    return new Class(make);
  },
};

/** A class for each factory: getters on a prototype cost a record nothing. */
function classFor(parts: Parts): StandInsOfFactory {
  class ParentsOfFactory extends Parents {}
  for (const parent of parts.parents) {
    Object.defineProperty(ParentsOfFactory.prototype, parent.name, {
      enumerable: true,
      get(this: Parents) {
        const { position } = parent;
        if (!(position in this.made)) this.made[position] = this.make(parent);
        return this.made[position];
      },
    });
  }
  return ParentsOfFactory;
}
