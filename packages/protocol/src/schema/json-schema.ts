/** The events as JSON Schema, for readers in other languages. */
import { z } from 'zod';
import { runEventSchema } from './event-schema.ts';

/** JSON Schema (draft 2020-12) of one line of a spool. Extra keys are allowed, as everywhere in the protocol. */
export function runEventJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(runEventSchema, { io: 'input' });
  return { $schema, title: 'Quality Hub run event', ...rest };
}
