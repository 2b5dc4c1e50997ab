/**
 * The steps of the key-value store. A value is a hash `kv:<key>`: v value, n version, e its end, o the write that made it.
 * `keys` is an index in the order of code points, `ends` one by end. No key has a lifetime of Redis's own: a server that
 * removes such keys when its memory is full (`volatile-…`) removes none of these.
 */
import { luaScript } from './lua-script.ts';

const ALIVE = `
local function read(key)
  local found = redis.call('HMGET', base .. 'kv:' .. key, 'v', 'n', 'e', 'o')
  if not found[1] then return nil end
  if found[3] and tonumber(found[3]) <= now then return nil end
  return found
end
local function remove(key)
  redis.call('DEL', base .. 'kv:' .. key)
  redis.call('ZREM', base .. 'keys', key)
  redis.call('ZREM', base .. 'ends', key)
end
`;

/** ARGV: now, key. */
export const GET = luaScript(
  ALIVE,
  `
local found = read(ARGV[2])
if not found then return false end
return { found[1], found[2] }`,
);

/** ARGV: now, key, value, lifetime or '', ifVersion or '', the id of the write: one that is sent twice is done once. */
export const SET = luaScript(
  ALIVE,
  `
for _, key in ipairs(redis.call('ZRANGEBYSCORE', base .. 'ends', '-inf', now, 'LIMIT', 0, 32)) do remove(key) end
local key = ARGV[2]
local found = read(key)
if found and found[4] == ARGV[6] then return found[2] end
if ARGV[5] ~= '' and tonumber(found and found[2] or 0) ~= tonumber(ARGV[5]) then return false end
local version = redis.call('INCR', base .. 'version')
local name = base .. 'kv:' .. key
redis.call('HSET', name, 'v', ARGV[3], 'n', version, 'o', ARGV[6])
redis.call('ZADD', base .. 'keys', 0, key)
if ARGV[4] == '' then
  redis.call('HDEL', name, 'e')
  redis.call('ZREM', base .. 'ends', key)
else
  local ends = whole(now + tonumber(ARGV[4]))
  redis.call('HSET', name, 'e', ends)
  redis.call('ZADD', base .. 'ends', ends, key)
end
return version`,
);

/** ARGV: now, key, ifVersion or ''. */
export const DELETE = luaScript(
  ALIVE,
  `
local found = read(ARGV[2])
if not found or (ARGV[3] ~= '' and tonumber(found[2]) ~= tonumber(ARGV[3])) then return 0 end
remove(ARGV[2])
return 1`,
);

/** ARGV: now, prefix. Keys, values and versions one after another. */
export const LIST = luaScript(
  ALIVE,
  `
local first, last = '-', '+'
if ARGV[2] ~= '' then first, last = '[' .. ARGV[2], '(' .. ARGV[2] .. '\\255' end
local all = {}
for _, key in ipairs(redis.call('ZRANGEBYLEX', base .. 'keys', first, last)) do
  local found = read(key)
  if found then
    all[#all + 1] = key
    all[#all + 1] = found[1]
    all[#all + 1] = found[2]
  end
end
return all`,
);
