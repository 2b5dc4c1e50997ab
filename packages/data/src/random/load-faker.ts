/** faker in one language, loaded when data is first made up: all languages together cost 121 ms and 45 MB, one 19 ms. */
import type { Faker } from '@faker-js/faker';
import { closestName, OptionError } from '@quality-hub/protocol';
import type { Generator } from './generator.ts';

/** Makes a faker of one attempt. */
export type MakeFaker = (options: { readonly generator: Generator; readonly today: Date }) => Faker;

/**
 * @param locale As faker names it: `en`, `de`, `pt_BR` …
 * @throws {OptionError} (`QH_OPTION`) for a language that faker does not know.
 */
export async function loadFaker(locale = 'en'): Promise<MakeFaker> {
  const { faker } = await load(locale);
  // The door of one language has no class: its instance does.
  const FakerOfLanguage = faker.constructor as typeof Faker;
  return ({ generator, today }) => {
    // faker takes `next` out of what it is given.
    const randomizer = { next: () => generator.next(), seed: (seed: number | number[]) => generator.seed(seed) };
    const own = new FakerOfLanguage({ locale: faker.rawDefinitions, randomizer });
    // faker asks the clock otherwise: the same seed would give other dates tomorrow.
    own.setDefaultRefDate(today);
    return own;
  };
}

async function load(locale: string): Promise<{ readonly faker: Faker }> {
  if (/^[a-z]{2,3}(?:_[A-Za-z]+){0,2}$/.test(locale)) {
    try {
      return await import(`@faker-js/faker/locale/${locale}`);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
    }
  }
  const { allLocales } = await import('@faker-js/faker');
  const close = closestName(locale, Object.keys(allLocales));
  throw new OptionError('locale', [
    `faker has no language ${JSON.stringify(locale)}${close === undefined ? '' : `; did you mean "${close}"?`}`,
  ]);
}
