/** A record as its service would give it, made here. */
import type { RecordContext } from './build-context.ts';
import type { Order } from './builder.ts';

/** What a schema of zod says of a field; others say nothing, and have the key as a text. */
interface FieldOfZod {
  readonly _zod?: { readonly def?: { readonly type?: string; readonly format?: string } };
}

/** Made-up keys that are numbers: above those of most tables, below 2^31. */
const FIRST_NUMBER = 1_900_000_000;

export function stubOf({ parts }: Order, context: RecordContext, built: object): object {
  const { definition, keys } = parts;
  if (definition.stub) {
    const key = keyFor(definition.schema, keys[0] ?? 'id', context);
    return definition.stub(built as never, Object.assign(context, { key }) as never) as object;
  }
  const record: Record<string, unknown> = { ...built };
  for (const key of keys) if (!(key in record)) record[key] = keyFor(definition.schema, key, context);
  return record;
}

function keyFor(schema: unknown, key: string, context: RecordContext): string | number {
  const { shape } = schema as { readonly shape?: Readonly<Record<string, FieldOfZod>> };
  const { type, format } = shape?.[key]?._zod?.def ?? {};
  if (type === 'number' || type === 'int') return FIRST_NUMBER + context.sequence;
  if (format === 'uuid' || format === 'guid') return context.faker.string.uuid();
  return context.unique('stub');
}
