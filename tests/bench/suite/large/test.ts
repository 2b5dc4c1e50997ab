export { expect, test } from '../../../e2e/test.ts';
