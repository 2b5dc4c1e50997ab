/**
 * The steps of leases. All is in one hash, `leases`. Entries, leases and places in the queue, are fields by their ids; `#token`,
 * `#turn` and `#clock` count; `n:<name>` has a line for each entry on that name, with what the judgement needs. What is past its
 * end goes when somebody looks at one of its names, and all of it once in a while: a step of one who meets nobody reads once
 * and writes once, which is most of what it costs.
 *
 * The judgement is that of `leases/standing.ts`; the tests compare both.
 */
import { luaScript } from './lua-script.ts';

const TABLE = `
local table_key = base .. 'leases'
local freed, isFreed, names, lines, everything = {}, {}, {}, {}, nil

-- place:number:since:end:bell, the owner, the claims, the body; the last three are JSON, so they hold no end of line.
local function pack(one)
  local head = one.place .. ':' .. one.number .. ':' .. one.since .. ':' .. one.ends .. ':' .. one.bell
  return head .. '\\n' .. one.owner .. '\\n' .. one.claims .. '\\n' .. one.body
end
local function unpacked(id, text)
  local place, number, since, ends, bell, owner, claims, body =
    string.match(text, '^(%d):(%d+):(%d+):(%d+):([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n(.*)$')
  return { id = id, place = place, number = number, since = since, ends = ends, bell = bell, owner = owner,
    claims = claims, body = body }
end
local function read(id)
  local text = redis.call('HGET', table_key, id)
  return text and unpacked(id, text) or nil
end

local function linesOn(name)
  if not lines[name] then lines[name] = redis.call('HGET', table_key, 'n:' .. name) or '' end
  return lines[name]
end

local function setLine(name, id, line)
  local kept = {}
  for other in string.gmatch(linesOn(name), '[^\\n]+') do
    if string.sub(other, 1, #id + 1) ~= id .. ' ' then kept[#kept + 1] = other end
  end
  kept[#kept + 1] = line
  lines[name] = table.concat(kept, '\\n')
  names[name] = nil
  if #kept == 0 then
    redis.call('HDEL', table_key, 'n:' .. name)
  else
    redis.call('HSET', table_key, 'n:' .. name, lines[name])
  end
end

local function write(one, ...)
  redis.call('HSET', table_key, one.id, pack(one), ...)
  for _, claim in ipairs(cjson.decode(one.claims)) do
    local part = claim[2] .. ':' .. claim[3] .. ':' .. one.place .. ':' .. one.number .. ':' .. one.ends
    setLine(claim[1], one.id, one.id .. ' ' .. part)
  end
  everything = nil
end

local function remove(one)
  for _, claim in ipairs(cjson.decode(one.claims)) do
    setLine(claim[1], one.id)
    if not isFreed[claim[1]] then
      isFreed[claim[1]] = true
      freed[#freed + 1] = claim[1]
    end
  end
  redis.call('HDEL', table_key, one.id)
  everything = nil
end

local function isEntry(field)
  return string.sub(field, 1, 1) ~= '#' and string.sub(field, 1, 2) ~= 'n:'
end

local function all()
  if everything then return everything end
  local found = {}
  local flat = redis.call('HGETALL', table_key)
  for i = 1, #flat, 2 do
    if isEntry(flat[i]) then
      local one = unpacked(flat[i], flat[i + 1])
      if tonumber(one.ends) > now then found[#found + 1] = one else remove(one) end
    end
  end
  everything = found
  return found
end

-- All on a name: the leases, then the places in the order of their turns.
local function on(name)
  if names[name] then return names[name] end
  local leases, places = {}, {}
  local parts = '([^ \\n]+) (%a):(%d+):(%d):(%d+):(%d+)'
  for id, mode, permits, place, number, ends in string.gmatch(linesOn(name), parts) do
    if tonumber(ends) <= now then
      local one = read(id)
      if one then remove(one) end
    else
      local one = { id = id, mode = mode, permits = tonumber(permits), number = tonumber(number), ends = tonumber(ends) }
      if place == '1' then places[#places + 1] = one else leases[#leases + 1] = one end
    end
  end
  if #places > 1 then table.sort(places, function(a, b) return a.number < b.number end) end
  names[name] = { leases = leases, places = places }
  return names[name]
end

-- The clock was put back, or another server has another one: what is held keeps the time that it had left.
local function moveBack(clock)
  local back = clock - now
  if back <= 0 then return end
  local flat = redis.call('HGETALL', table_key)
  for i = 1, #flat, 2 do
    if isEntry(flat[i]) then
      local one = unpacked(flat[i], flat[i + 1])
      one.since, one.ends = whole(one.since - back), whole(one.ends - back)
      write(one)
    end
  end
  redis.call('HSET', table_key, '#clock', whole(now))
end

-- The claims that each owner holds.
local held
local function heldBy(owner)
  if not held then
    held = {}
    for _, one in ipairs(all()) do
      if one.place == '0' then
        held[one.owner] = held[one.owner] or {}
        for _, claim in ipairs(cjson.decode(one.claims)) do table.insert(held[one.owner], claim) end
      end
    end
  end
  return held[owner]
end

-- One of the leases of an owner excludes the place: then the place does not stand before that owner.
local function isOvertaken(owner, id)
  local mine = heldBy(owner)
  if not mine then return false end
  local wanted = {}
  for _, claim in ipairs(cjson.decode(read(id).claims)) do wanted[claim[1]] = claim end
  for _, claim in ipairs(mine) do
    local other = wanted[claim[1]]
    if other and not (claim[2] == 's' and other[2] == 's') then
      if claim[2] == 's' or other[2] == 's' or other[3] == 1 then return true end
    end
  end
  return false
end

-- What stands against a wish; the first obstacle is enough for who only asks whether there is one.
local function obstacles(owner, claims, turn, isFirstEnough)
  local way = { isFree = true, holders = {}, ahead = {}, first = math.huge }
  for _, claim in ipairs(claims) do
    local here, used, places = on(claim[1]), 0, {}
    local limit = claim[2] == 's' and 1 or claim[3]
    local function takes(other)
      if claim[2] == 's' then return other.mode == 's' and 0 or 1 end
      return other.mode == 's' and limit or 1
    end
    for _, lease in ipairs(here.leases) do used = used + takes(lease) end
    for _, place in ipairs(here.places) do
      if place.number >= turn or (isFirstEnough and used >= limit) then break end
      if takes(place) > 0 and not isOvertaken(owner, place.id) then
        used = used + takes(place)
        places[#places + 1] = place
      end
    end
    if used >= limit then
      way.isFree = false
      if isFirstEnough then return way end
      for _, lease in ipairs(here.leases) do
        if takes(lease) > 0 then
          way.holders[lease.id] = true
          way.first = math.min(way.first, lease.ends)
        end
      end
      for _, place in ipairs(places) do
        way.ahead[place.id] = true
        way.first = math.min(way.first, place.ends)
      end
    end
  end
  return way
end

local function isFree(owner, claims, turn)
  return obstacles(owner, claims, turn, true).isFree
end

-- Rings the bells of those whose turn has come.
local function tellFreed()
  local isTold = {}
  for _, name in ipairs(freed) do
    for _, place in ipairs(on(name).places) do
      if not isTold[place.id] then
        local one = read(place.id)
        if isFree(one.owner, cjson.decode(one.claims), place.number) then
          isTold[place.id] = true
          if one.bell ~= '' then redis.call('PUBLISH', base .. one.bell, place.id) end
          -- Nobody behind it can have this name beside it, and nobody may overtake one who can go on.
          if place.mode == 'x' and place.permits == 1 then break end
        end
      end
    end
  end
end

local function rowOf(one)
  return { one.id, one.place, one.body, one.number, one.since, one.ends, one.bell }
end
`;

/** Who meets nobody is done before the rest of the script is looked at: `ARGV[9]` and on are its names and parts. */
const ALONE = `
local fields = { ARGV[2], '#token', '#clock' }
for i = 9, #ARGV, 2 do fields[#fields + 1] = 'n:' .. ARGV[i] end
local known = redis.call('HMGET', base .. 'leases', unpack(fields))
local isAlone = not known[1] and tonumber(known[3] or 0) <= now
for i = 4, #known do isAlone = isAlone and not known[i] end
if isAlone then
  local since, ends = whole(now), whole(now + tonumber(ARGV[6]))
  local number = whole(math.max((tonumber(known[2]) or 0) + 1, math.floor(now)))
  local text = '0:' .. number .. ':' .. since .. ':' .. ends .. ':\\n' .. ARGV[5] .. '\\n' .. ARGV[4] .. '\\n' .. ARGV[3]
  local changes = { ARGV[2], text, '#token', number, '#clock', since }
  for i = 9, #ARGV, 2 do
    changes[#changes + 1] = 'n:' .. ARGV[i]
    changes[#changes + 1] = ARGV[2] .. ' ' .. ARGV[i + 1] .. ':0:' .. number .. ':' .. ends
  end
  redis.call('HSET', base .. 'leases', unpack(changes))
  if string.sub(number, -2) ~= '00' then return { since, 'granted', number, since, ends } end
end
`;

/** A lease that nobody waits for is gone before the rest of the script is looked at. */
const UNWANTED = `
local text = redis.call('HGET', base .. 'leases', ARGV[2])
if not text then return 0 end
local ends, claims = string.match(text, '^%d:%d+:%d+:(%d+):[^\\n]*\\n[^\\n]*\\n([^\\n]*)\\n')
if string.sub(text, 1, 1) == ARGV[3] then
  local fields = {}
  for _, claim in ipairs(cjson.decode(claims)) do fields[#fields + 1] = 'n:' .. claim[1] end
  local isUnwanted = true
  for _, all in ipairs(redis.call('HMGET', base .. 'leases', unpack(fields))) do
    isUnwanted = isUnwanted and not string.find(all, '\\n', 1, true)
  end
  if isUnwanted then
    redis.call('HDEL', base .. 'leases', ARGV[2], unpack(fields))
    return tonumber(ends) > now and 1 or 0
  end
end
`;

/**
 * ARGV: now, id, body, claims, owner, lifetime, 1 for tryOnce, bell, and each name with mode and permits. Answers {now, what happened, …}: `granted` with its token
 * and times; `permits` or `ticket` with what others say; `queued` or `busy` with how many wait in front, when
 * the first that is in the way ends, the rows of the holders, and every row where a circle is possible.
 */
export const ACQUIRE = luaScript(
  ALONE,
  TABLE,
  `
local id, owner = ARGV[2], ARGV[5]
-- Every hundredth lease looks at the whole table, and lets go of what nobody asks for any more.
if isAlone then
  all()
  tellFreed()
  known = redis.call('HMGET', table_key, id, '#token', '#clock')
end
if known[3] and tonumber(known[3]) > now then
  moveBack(tonumber(known[3]))
  known[1] = redis.call('HGET', table_key, id)
end
local claims = cjson.decode(ARGV[4])
local function answer(...)
  if #freed > 0 then tellFreed() end
  return { whole(now), ... }
end
local mine = known[1] and unpacked(id, known[1]) or nil
if mine and tonumber(mine.ends) <= now then
  remove(mine)
  mine = nil
end
if mine and mine.claims ~= ARGV[4] then return answer('ticket', mine.claims) end
if mine and mine.place == '0' then return answer('granted', mine.number, mine.since, mine.ends) end
for _, claim in ipairs(claims) do
  if claim[2] == 'x' then
    local here = on(claim[1])
    for _, some in ipairs({ here.leases, here.places }) do
      for _, other in ipairs(some) do
        if other.mode == 'x' and other.permits ~= claim[3] then
          return answer('permits', claim[1], claim[3], other.permits)
        end
      end
    end
  end
end
local turn = mine and tonumber(mine.number) or math.huge
local one = { id = id, owner = owner, claims = ARGV[4], body = ARGV[3], since = whole(now), bell = '' }
one.ends = whole(now + tonumber(ARGV[6]))
if isFree(owner, claims, turn) then
  local token = math.max((tonumber(known[2]) or 0) + 1, math.floor(now))
  one.place, one.number = '0', whole(token)
  write(one, '#token', one.number, '#clock', one.since)
  return answer('granted', one.number, one.since, one.ends)
end
if ARGV[7] ~= '1' then
  one.place, one.bell = '1', ARGV[8]
  if mine then
    one.number, one.since = mine.number, mine.since
  else
    one.number = whole(redis.call('HINCRBY', table_key, '#turn', 1))
  end
  write(one, '#clock', whole(now))
end
local way = obstacles(owner, claims, mine and turn or (one.number and tonumber(one.number)) or math.huge, false)
local holders, ahead, rows, holds, isWhole = {}, 0, {}, {}, false
for _ in pairs(way.ahead) do ahead = ahead + 1 end
for _, other in ipairs(all()) do
  if way.holders[other.id] then holders[#holders + 1] = rowOf(other) end
  if other.place == '0' then holds[other.owner] = true end
end
-- Only where somebody holds and waits a circle is possible, and the whole table is needed to see it.
for _, other in ipairs(all()) do isWhole = isWhole or (other.place == '1' and holds[other.owner]) end
if isWhole then
  for _, other in ipairs(all()) do rows[#rows + 1] = rowOf(other) end
end
return answer(ARGV[7] == '1' and 'busy' or 'queued', ahead, way.first - now, holders, rows)`,
);

/** ARGV: now, id, what it has to be: 1 a place, 0 a lease. Ends it; 0 where it is not there. */
export const END = luaScript(
  UNWANTED,
  TABLE,
  `
local one = read(ARGV[2])
if not one or one.place ~= ARGV[3] then return 0 end
remove(one)
tellFreed()
return tonumber(one.ends) > now and 1 or 0`,
);

/** ARGV: now, id, lifetime. The row, or nothing. */
export const RENEW = luaScript(
  TABLE,
  `
local one = read(ARGV[2])
if not one or one.place ~= '0' then return false end
if tonumber(one.ends) <= now then
  remove(one)
  tellFreed()
  return false
end
one.ends = whole(now + tonumber(ARGV[3]))
write(one, '#clock', whole(now))
return rowOf(one)`,
);

/** ARGV: now. Every row. */
export const ALL = luaScript(
  TABLE,
  `
local clock = redis.call('HGET', table_key, '#clock')
if clock then moveBack(tonumber(clock)) end
local rows = {}
for _, one in ipairs(all()) do rows[#rows + 1] = rowOf(one) end
tellFreed()
return rows`,
);
