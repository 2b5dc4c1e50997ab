/** A faker for one piece of work outside of any test. */
import type { Faker } from '@faker-js/faker';
import { Generator } from './generator.ts';
import { loadFaker } from './load-faker.ts';
import { runSeed, seedOfTest } from './seed.ts';

/** The same numbers for the same seed and work. @throws {OptionError} (`QH_OPTION`) for a wrong seed or language. */
export async function seededFaker(options: { seed: string; work: string; locale?: string }): Promise<Faker> {
  const { seed, work, locale } = options;
  const { text, day } = runSeed({ given: seed, runId: '', now: 0 });
  const generator = new Generator();
  generator.begin(...seedOfTest(text, work), 0);
  return (await loadFaker(locale))({ generator, today: day });
}
