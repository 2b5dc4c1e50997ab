/** Every failing attempt of the suite, with its truth. */
import { existsSync } from 'node:fs';
import type { Case } from './case.ts';
import { accessCases } from './cases-access.ts';
import { dataCases, interferenceCases } from './cases-data.ts';
import { debatableCases } from './cases-debatable.ts';
import { environmentCases } from './cases-environment.ts';
import { productCases } from './cases-product.ts';
import { callCases, leftCases, sharingCases, storeCases, turnCases } from './cases-sharing.ts';
import { resourceCases, testCases } from './cases-test.ts';

/** A device that is always full; Linux alone has it, elsewhere its case is left out. */
export const fullDevice: string | undefined = existsSync('/dev/full') ? '/dev/full' : undefined;

export const cases: readonly Case[] = [
  ...environmentCases,
  ...productCases,
  ...dataCases,
  ...interferenceCases,
  ...accessCases,
  ...testCases,
  ...resourceCases,
  ...debatableCases,
  ...turnCases,
  ...leftCases,
  ...callCases,
  ...sharingCases,
  ...storeCases,
].filter(({ kind }) => kind !== 'disk-full' || fullDevice !== undefined);
