/**
 * The protocol as zod schemas, for those who read events from a file or the network: hub and command line.
 *
 * Kept apart from the plain types because zod costs every process that loads it 67 ms and 19 MB; workers never do.
 */
export { envelopeSchema, runEventSchema } from './event-schema.ts';
export { evidenceBundleSchema, evidenceRecordSchema, evidenceSchema } from './evidence-schema.ts';
export { runEventJsonSchema } from './json-schema.ts';
export { readEvent } from './read-event.ts';
