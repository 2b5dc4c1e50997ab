/** Random histories of owners that create, die, are cut off and end, with sweeps among them, against a plain model. */
import { createMemoryDriver } from '@quality-hub/state';
import { FakeClock } from '@quality-hub/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, Ledger, LedgerEntry, RecordKind } from '../ledger/ledger.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { readEntries } from '../ledger/read-entries.ts';
import { sweep } from './sweep.ts';

const OWNERS = 4;
const CREATIONS = ['begin', 'create', 'create', 'create', 'lose answer', 'never arrives'] as const;
const OTHERS = ['end', 'kill', 'sweep', 'sweep', 'two sweeps', 'pass time', 'break', 'mend'] as const;
const STEPS = fc.array(
  fc.record({ what: fc.constantFrom(...CREATIONS, ...OTHERS), owner: fc.nat(OWNERS - 1), nth: fc.nat(20) }),
  { minLength: 5, maxLength: 40 },
);
type What = (typeof CREATIONS)[number] | (typeof OTHERS)[number];

/** A worker: its first life, and the next one after a death, are two owners for the ledger. */
interface Life {
  readonly ledger: Ledger;
  readonly name: string;
}

class World {
  readonly clock = new FakeClock(0);
  readonly store = createMemoryDriver({ now: this.clock.now });
  /** What is in the system, and of whom; children name their parents. */
  readonly records = new Map<string, { readonly by: string; readonly needs: readonly string[] }>();
  readonly broken = new Set<string>();
  readonly living = new Set<string>();
  readonly lives: (Life | undefined)[] = [];
  readonly wrongs: string[] = [];
  /** Of all owners: what one has made may belong to what another has. */
  readonly entries: LedgerEntry[] = [];
  #count = 0;

  readonly kind: RecordKind<undefined> = {
    name: 'thing',
    version: 1,
    find: async input => {
      const { id } = input as { readonly id: string };
      return this.records.has(id) ? id : undefined;
    },
    exists: async id => this.records.has(id as string),
    remove: async id => this.#remove(id as string),
  };

  life(index: number): Life {
    const known = this.lives[index];
    if (known) return known;
    const name = `w-${index}-${this.#count++}`;
    const life: Life = { name, ledger: openLedger({ store: this.store, clock: this.clock, mark: name }) };
    this.lives[index] = life;
    this.living.add(name);
    return life;
  }

  async create(index: number, how: What, nth: number): Promise<void> {
    const life = this.life(index);
    const id = `thing-${this.#count++}`;
    const parent = this.entries.at(-1 - (nth % Math.min(4, this.entries.length || 1)));
    const needs = parent && this.records.has(idOf(parent)) ? [parent] : [];
    const by = { run: 'r', worker: life.name, namespace: life.name };
    const entry = await life.ledger.intend({
      kind: 'thing',
      version: 1,
      owner: by,
      input: { id },
      needs: needs.map(one => one.id),
    });
    this.entries.push(entry);
    if (how === 'begin' || how === 'never arrives') return;
    this.records.set(id, { by: life.name, needs: needs.map(idOf) });
    if (how === 'create') await life.ledger.made(entry.id, id as Json);
  }

  /** Its process is of another machine, so that only its silence tells of its death. */
  async kill(index: number, isPolite: boolean): Promise<void> {
    const life = this.lives[index];
    if (!life) return;
    this.lives[index] = undefined;
    this.living.delete(life.name);
    await life.ledger.close();
    if (isPolite) return;
    await this.store.set(`ledger/mark/r/${life.name}`, JSON.stringify({ machine: 'elsewhere', pid: 1 }));
    await this.store.set(`ledger/beat/r/${life.name}`, '1', { ttlMs: 60_000 });
  }

  async sweep(times = 1): Promise<void> {
    const kinds = new Map([['thing', this.kind]]);
    const one = async () => {
      const ledger = openLedger({ store: this.store, clock: this.clock });
      await sweep({ ledger, store: this.store, kinds, context: undefined, clock: this.clock, random: () => 0 });
    };
    let isOver = false;
    const all = Promise.all(Array.from({ length: times }, one)).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await new Promise(setImmediate);
      if (!isOver) this.clock.advance(500);
    }
    await all;
  }

  #remove(id: string): void {
    const record = this.records.get(id);
    if (!record) throw Object.assign(new Error('none'), { status: 404 });
    if (this.living.has(record.by)) this.wrongs.push(`${id} of ${record.by}, which lives, was removed`);
    const child = [...this.records].find(([, { needs }]) => needs.includes(id));
    if (child && this.living.has(child[1].by))
      this.wrongs.push(`${id} was removed, which ${child[0]} needs, and its owner lives`);
    if (child) throw new Error(`${child[0]} needs it`);
    if (this.broken.has(id)) throw new Error('broken');
    this.records.delete(id);
  }
}

const idOf = ({ input }: LedgerEntry): string => (input as { readonly id: string }).id;

test('whatever dies: the living keep what they have, others are not touched, and in the end nothing is left', async () => {
  await fc.assert(
    fc.asyncProperty(STEPS, async steps => {
      const world = new World();
      world.records.set('theirs', { by: 'others', needs: [] });
      for (const { what, owner, nth } of steps) {
        if (what === 'end' || what === 'kill') await world.kill(owner, what === 'end');
        else if (what === 'sweep') await world.sweep();
        else if (what === 'two sweeps') await world.sweep(2);
        else if (what === 'pass time') world.clock.advance(20_000);
        else if (what === 'break') world.broken.add([...world.records.keys()][nth] ?? '');
        else if (what === 'mend') world.broken.clear();
        else await world.create(owner, what, nth);
        expect(world.wrongs).toEqual([]);
        // What exists and is not of others stands in the ledger, at every moment.
        const listed = new Set((await readEntries(openLedger({ store: world.store }))).map(idOf));
        const unlisted = [...world.records.keys()].filter(id => id !== 'theirs' && !listed.has(id));
        expect(unlisted).toEqual([]);
      }
      world.broken.clear();
      for (let index = 0; index < OWNERS; index++) await world.kill(index, index % 2 === 0);
      world.clock.advance(60_001);
      await world.sweep();
      expect([...world.records.keys()]).toEqual(['theirs']);
      expect(await world.store.list('ledger/')).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
