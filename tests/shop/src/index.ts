/**
 * The application under test, for other tests: start a shop, break it by switches, close it.
 * Knows nothing of Quality Hub, as the application of a user knows nothing of it.
 */
export type { BugName } from './domain/bugs.ts';
export { type RunningShop, type StartShopOptions, startShop } from './start-shop.ts';
export { connectSwitches, type Switches } from './switches/client.ts';
export type { Fault, FaultKind, SwitchInput, SwitchState } from './switches/schema.ts';
