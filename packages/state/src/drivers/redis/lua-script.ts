/** One atomic step on the server. */
import { createHash } from 'node:crypto';

export interface LuaScript {
  readonly text: string;
  /** What the server knows it by, once it has seen it. */
  readonly sha: string;
}

/**
 * `KEYS[1]` is the base of all keys: it has the hash tag, so that they are in one slot of a cluster. `ARGV[1]` is the clock of
 * a test, or empty: then the clock of the server counts, which is the same for all machines.
 */
const BEGIN = `
local base = KEYS[1]
local now = tonumber(ARGV[1])
if not now then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end
local function whole(x) return string.format('%.0f', x) end
`;

export function luaScript(...parts: readonly string[]): LuaScript {
  const text = [BEGIN, ...parts].join('\n');
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}
