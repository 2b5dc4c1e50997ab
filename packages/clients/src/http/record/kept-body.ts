/** What is kept of a body for the case that the test fails: the beginning, and how long it was. */
import type { Mask } from '@quality-hub/telemetry';

/** Longer than any secret that a cut could halve. */
const MARGIN_BYTES = 8_192;
const TEXT = /^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml|javascript|graphql|x-ndjson|x-www-form-urlencoded))/i;
const CHARSET = /charset=(?!"?utf-?8)/i;

export interface KeptBody {
  readonly bytes: Buffer;
  readonly sizeBytes: number;
}

/** Keeps `limitBytes` and a margin; a longer body is copied, so that the rest of it can be forgotten. */
export function keepBody(body: Buffer | string | Uint8Array, limitBytes: number): KeptBody {
  const bytes =
    typeof body === 'string'
      ? Buffer.from(body)
      : Buffer.isBuffer(body)
        ? body
        : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const keep = limitBytes + MARGIN_BYTES;
  return { bytes: bytes.length > keep ? Buffer.from(bytes.subarray(0, keep)) : bytes, sizeBytes: bytes.length };
}

/**
 * The body as text, masked, then cut: cutting first could leave half of a secret, which no mask finds.
 * What is not text is told by its type and size.
 */
export function bodyText(
  { bytes, sizeBytes }: KeptBody,
  contentType: string | undefined,
  { mask, limitBytes }: { readonly mask: Mask | undefined; readonly limitBytes: number },
): string {
  if (sizeBytes === 0) return '';
  if (contentType === undefined || !TEXT.test(contentType) || CHARSET.test(contentType)) {
    return `<${sizeBytes} bytes of ${contentType ?? 'unknown type'}>`;
  }
  const text = bytes.toString('utf8');
  const masked = mask === undefined ? text : maskBody(text, contentType, mask);
  const shown = masked.length > limitBytes ? masked.slice(0, limitBytes) : masked;
  return shown.length < masked.length || bytes.length < sizeBytes ? `${shown}… (${sizeBytes} bytes)` : shown;
}

function maskBody(text: string, contentType: string, mask: Mask): string {
  if (contentType.includes('x-www-form-urlencoded')) return mask.text(`?${text}`).slice(1);
  if (!contentType.includes('json')) return mask.text(text);
  try {
    // Masked again as text: what deep masking leaves may hold values that only the mask knows by their shape.
    return mask.text(JSON.stringify(mask.deep(JSON.parse(text))));
  } catch {
    return mask.text(text);
  }
}
