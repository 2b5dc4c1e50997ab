/** The tests of the set-up start real processes; one file at a time keeps their times honest. */
export default { test: { fileParallelism: false, testTimeout: 30_000 } };
