/**
 * Where things stand in a zip file. Our own code, since what is rarely changed has to be copied without being inflated, and
 * of the libraries none does both: yauzl hands out members as they are, yazl and fflate only write what they deflate.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3: the records, 4.5.3: sizes over 4 GiB
 */

export const LOCAL_HEADER = 0x04034b50;
export const LOCAL_HEADER_BYTES = 30;
export const DIRECTORY_ENTRY = 0x02014b50;
export const DIRECTORY_ENTRY_BYTES = 46;
export const DIRECTORY_END = 0x06054b50;
export const DIRECTORY_END_BYTES = 22;
export const WIDE_END = 0x06064b50;
export const WIDE_END_BYTES = 56;
export const WIDE_LOCATOR = 0x07064b50;
export const WIDE_LOCATOR_BYTES = 20;
/** Number of the field that holds what is too large for its place. */
export const WIDE_FIELD = 1;
export const MAX_16 = 0xffff;
export const MAX_32 = 0xffffffff;

export const STORED = 0;
export const DEFLATED = 8;

export const ENCRYPTED_FLAG = 1;
/** Sizes stand behind the content. */
export const DESCRIPTOR_FLAG = 8;
export const UTF8_FLAG = 0x800;

export interface ZipMember {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  /** Time and date, as they stand in the directory. */
  readonly changedAt: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly sizeBytes: number;
  readonly headerAt: number;
  readonly madeBy: number;
  /** Modes, among others. */
  readonly attributes: number;
}

/** True for the first bytes of a zip file, also of one without members. */
export function isZip(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}
