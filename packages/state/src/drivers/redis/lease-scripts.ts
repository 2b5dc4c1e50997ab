/**
 * The steps of leases. An entry, a lease or a place in the queue, is a hash `le:<id>`: w 1 for a place, b body, c claims,
 * n token or turn, s since, e its end, o owner, g bell. `ln:<name>` has an entry's part of one name (mode:permits:place:number),
 * `lo:<owner>` the leases of an owner, `lw` all places, `lends` all entries by end, `lc` the counters.
 *
 * The judgement is that of `leases/standing.ts`; the tests compare both.
 */
import { luaScript } from './lua-script.ts';

const TABLE = `
local freed, isFreed, names = {}, {}, {}

-- All on a name, in the order of their numbers: the leases, then the places.
local function on(name)
  if names[name] then return names[name] end
  local flat = redis.call('HGETALL', base .. 'ln:' .. name)
  local leases, places = {}, {}
  for i = 1, #flat, 2 do
    local mode, permits, place, number = string.match(flat[i + 1], '^(%a):(%d+):(%d):(%d+)$')
    local one = { id = flat[i], mode = mode, permits = tonumber(permits), number = tonumber(number) }
    if place == '1' then places[#places + 1] = one else leases[#leases + 1] = one end
  end
  table.sort(places, function(a, b) return a.number < b.number end)
  names[name] = { leases = leases, places = places }
  return names[name]
end

local function claimsOf(id)
  return cjson.decode(redis.call('HGET', base .. 'le:' .. id, 'c'))
end

local function remove(id)
  local entry = redis.call('HMGET', base .. 'le:' .. id, 'c', 'o')
  if not entry[1] then return end
  for _, claim in ipairs(cjson.decode(entry[1])) do
    redis.call('HDEL', base .. 'ln:' .. claim[1], id)
    names[claim[1]] = nil
    if not isFreed[claim[1]] then
      isFreed[claim[1]] = true
      freed[#freed + 1] = claim[1]
    end
  end
  redis.call('DEL', base .. 'le:' .. id)
  redis.call('SREM', base .. 'lo:' .. entry[2], id)
  redis.call('ZREM', base .. 'lends', id)
  redis.call('ZREM', base .. 'lw', id)
end

-- One of the leases of an owner excludes the place: then the place does not stand before that owner.
local function isOvertaken(held, place)
  if #held == 0 then return false end
  local wanted = {}
  for _, claim in ipairs(claimsOf(place)) do wanted[claim[1]] = claim end
  for _, claim in ipairs(held) do
    local other = wanted[claim[1]]
    if other and not (claim[2] == 's' and other[2] == 's') then
      if claim[2] == 's' or other[2] == 's' or other[3] == 1 then return true end
    end
  end
  return false
end

local function heldBy(owner)
  local held = {}
  for _, id in ipairs(redis.call('SMEMBERS', base .. 'lo:' .. owner)) do
    for _, claim in ipairs(claimsOf(id)) do held[#held + 1] = claim end
  end
  return held
end

local function isFree(owner, claims, turn)
  local held = heldBy(owner)
  for _, claim in ipairs(claims) do
    local here, used = on(claim[1]), 0
    local limit = claim[2] == 's' and 1 or claim[3]
    local function takes(other)
      if claim[2] == 's' then return other.mode == 's' and 0 or 1 end
      return other.mode == 's' and limit or 1
    end
    for _, lease in ipairs(here.leases) do used = used + takes(lease) end
    for _, place in ipairs(here.places) do
      if used >= limit or place.number >= turn then break end
      if takes(place) > 0 and not isOvertaken(held, place.id) then used = used + takes(place) end
    end
    if used >= limit then return false end
  end
  return true
end

-- Rings the bells of those whose turn has come.
local function tellFreed()
  local isTold = {}
  for _, name in ipairs(freed) do
    for _, place in ipairs(on(name).places) do
      if not isTold[place.id] then
        local entry = redis.call('HMGET', base .. 'le:' .. place.id, 'o', 'c', 'g')
        if isFree(entry[1], cjson.decode(entry[2]), place.number) then
          isTold[place.id] = true
          if entry[3] and entry[3] ~= '' then redis.call('PUBLISH', base .. entry[3], place.id) end
        end
      end
    end
  end
end

local function letGoOfEnded()
  -- The clock was put back, or another server has another one: what is held keeps the time that it had left.
  local back = (tonumber(redis.call('HGET', base .. 'lc', 'clock')) or now) - now
  if back > 0 then
    for _, id in ipairs(redis.call('ZRANGE', base .. 'lends', 0, -1)) do
      local key = base .. 'le:' .. id
      local times = redis.call('HMGET', key, 's', 'e')
      redis.call('HSET', key, 's', whole(times[1] - back), 'e', whole(times[2] - back))
      redis.call('ZADD', base .. 'lends', whole(times[2] - back), id)
    end
    redis.call('HSET', base .. 'lc', 'clock', whole(now))
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', base .. 'lends', '-inf', whole(now))) do remove(id) end
end

local function rowOf(id)
  local e = redis.call('HMGET', base .. 'le:' .. id, 'w', 'b', 'n', 's', 'e', 'g')
  return { id, e[1], e[2], e[3], e[4], e[5], e[6] or '' }
end

local function put(id, place, number, claims)
  for _, claim in ipairs(claims) do
    local part = claim[2] .. ':' .. whole(claim[3]) .. ':' .. place .. ':' .. whole(number)
    redis.call('HSET', base .. 'ln:' .. claim[1], id, part)
    names[claim[1]] = nil
  end
end
`;

/**
 * ARGV: now, id, body, claims, owner, lifetime, 1 for tryOnce, bell. Answers {now, what happened, …}: `granted` with its token,
 * times; `permits` or `ticket` with what others say; `queued` or `busy` with the rows that its answer is made from.
 */
export const ACQUIRE = luaScript(
  TABLE,
  `
letGoOfEnded()
local id, owner, ttl = ARGV[2], ARGV[5], tonumber(ARGV[6])
local key = base .. 'le:' .. id
local claims = cjson.decode(ARGV[4])
local mine = redis.call('HMGET', key, 'w', 'c', 'n', 's', 'e')
local function answer(...)
  tellFreed()
  return { whole(now), ... }
end
if mine[1] and mine[2] ~= ARGV[4] then return answer('ticket', mine[2]) end
if mine[1] == '0' then return answer('granted', mine[3], mine[4], mine[5]) end
for _, claim in ipairs(claims) do
  if claim[2] == 'x' then
    local here = on(claim[1])
    for _, all in ipairs({ here.leases, here.places }) do
      for _, other in ipairs(all) do
        if other.mode == 'x' and other.permits ~= claim[3] then
          return answer('permits', claim[1], whole(claim[3]), whole(other.permits))
        end
      end
    end
  end
end
redis.call('HSET', base .. 'lc', 'clock', whole(now))
local turn = mine[1] and tonumber(mine[3]) or math.huge
local ends = whole(now + ttl)
if isFree(owner, claims, turn) then
  local token = redis.call('HINCRBY', base .. 'lc', 'token', 1)
  redis.call('HSET', key, 'w', '0', 'b', ARGV[3], 'c', ARGV[4], 'n', token, 's', whole(now), 'e', ends, 'o', owner)
  put(id, '0', token, claims)
  redis.call('SADD', base .. 'lo:' .. owner, id)
  redis.call('ZADD', base .. 'lends', ends, id)
  if mine[1] then
    redis.call('HDEL', key, 'g')
    redis.call('ZREM', base .. 'lw', id)
  end
  return answer('granted', token, whole(now), ends)
end
if ARGV[7] == '1' then
  turn = math.huge
elseif mine[1] then
  redis.call('HSET', key, 'e', ends, 'g', ARGV[8])
  redis.call('ZADD', base .. 'lends', ends, id)
else
  turn = redis.call('HINCRBY', base .. 'lc', 'turn', 1)
  redis.call('HSET', key, 'w', '1', 'b', ARGV[3], 'c', ARGV[4], 'n', turn, 's', whole(now), 'e', ends, 'o', owner, 'g', ARGV[8])
  put(id, '1', turn, claims)
  redis.call('ZADD', base .. 'lends', ends, id)
  redis.call('ZADD', base .. 'lw', turn, id)
end
-- Only where somebody holds and waits a circle is possible, and the whole table is needed to see it.
local isWhole = redis.call('EXISTS', base .. 'lo:' .. owner) == 1
for _, place in ipairs(redis.call('ZRANGE', base .. 'lw', 0, -1)) do
  if isWhole then break end
  isWhole = redis.call('EXISTS', base .. 'lo:' .. redis.call('HGET', base .. 'le:' .. place, 'o')) == 1
end
local ids, isKnown = {}, {}
local function show(one)
  if isKnown[one] then return end
  isKnown[one] = true
  ids[#ids + 1] = rowOf(one)
end
if isWhole then
  for _, one in ipairs(redis.call('ZRANGE', base .. 'lends', 0, -1)) do show(one) end
else
  for _, claim in ipairs(claims) do
    local here = on(claim[1])
    for _, all in ipairs({ here.leases, here.places }) do
      for _, other in ipairs(all) do show(other.id) end
    end
  end
end
return answer(ARGV[7] == '1' and 'busy' or 'queued', ids)`,
);

/** ARGV: now, id, what it has to be: 1 a place, 0 a lease. Ends it; 0 where it is not there. */
export const END = luaScript(
  TABLE,
  `
letGoOfEnded()
local isThere = redis.call('HGET', base .. 'le:' .. ARGV[2], 'w') == ARGV[3]
if isThere then remove(ARGV[2]) end
tellFreed()
return isThere and 1 or 0`,
);

/** ARGV: now, id, lifetime. The row, or nothing. */
export const RENEW = luaScript(
  TABLE,
  `
letGoOfEnded()
tellFreed()
local key = base .. 'le:' .. ARGV[2]
if redis.call('HGET', key, 'w') ~= '0' then return false end
local ends = whole(now + tonumber(ARGV[3]))
redis.call('HSET', key, 'e', ends)
redis.call('ZADD', base .. 'lends', ends, ARGV[2])
return rowOf(ARGV[2])`,
);

/** ARGV: now. Every row. */
export const ALL = luaScript(
  TABLE,
  `
letGoOfEnded()
tellFreed()
local rows = {}
for _, id in ipairs(redis.call('ZRANGE', base .. 'lends', 0, -1)) do rows[#rows + 1] = rowOf(id) end
return rows`,
);
