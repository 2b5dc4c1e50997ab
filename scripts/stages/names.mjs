/** The stages of `npm test`, in the order they run. */
export const STAGE_NAMES = ['check', 'unit', 'scripts', 'packaging', 'suite', 'scenarios', 'journeys'];
