/** The rules of the house, in the order they are told. */
import type { Rule } from '../rule.ts';
import {
  arrowsPointDown,
  dashboardKnowsProtocolOnly,
  fixturesAndReportersAreStrangers,
  schemaStaysOutOfWorkers,
} from './arrows.ts';
import { noCycles } from './cycles.ts';
import { exportsAreNamed, importsUseDoors, packagesAreComplete, packagesStayInside } from './doors.ts';
import { heavyModulesAreLazy } from './lazy.ts';
import { filesAreShort, namesAreKebabCase, namesSaySomething } from './names.ts';
import { packagesDoNotKnowPlaywright, reportersTakeTypesOnly, shapesStayInBase } from './playwright.ts';
import { protocolHasNoDependency, protocolRunsInABrowser } from './protocol.ts';
import { nothingIsDisposedByItself, parametersHaveNoNumbers } from './statements.ts';

export const everyRule: readonly Rule[] = [
  arrowsPointDown,
  fixturesAndReportersAreStrangers,
  dashboardKnowsProtocolOnly,
  schemaStaysOutOfWorkers,
  packagesDoNotKnowPlaywright,
  reportersTakeTypesOnly,
  shapesStayInBase,
  protocolHasNoDependency,
  protocolRunsInABrowser,
  importsUseDoors,
  packagesStayInside,
  packagesAreComplete,
  exportsAreNamed,
  noCycles,
  heavyModulesAreLazy,
  parametersHaveNoNumbers,
  nothingIsDisposedByItself,
  namesAreKebabCase,
  namesSaySomething,
  filesAreShort,
];
