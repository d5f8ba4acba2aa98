/** The Lua scripts of the Redis store. Each runs atomically. */

/** Moves a session in its owner's list, which is ordered by `updatedAt` and id, and renews the expiry of both. */
const MOVE_IN_OWNER_LIST = `
local function move(id, owner, before, at, keys, now, retention)
  local list = 'specchat:owner:' .. owner
  if before then redis.call('ZREM', list, before .. ' ' .. id) end
  redis.call('ZADD', list, 0, at .. ' ' .. id)
  local waits = tonumber(redis.call('HGET', keys[1], 'waitsUntil') or '0')
  local ttl = string.format('%d', math.max(tonumber(retention), waits - tonumber(now)))
  redis.call('PEXPIRE', keys[1], ttl)
  redis.call('PEXPIRE', keys[2], ttl)
  if redis.call('PTTL', list) < tonumber(ttl) then redis.call('PEXPIRE', list, ttl) end
end`;

/** Keys: session, messages, ids. Parameters: id, owner, updatedAt, now, retention, then fields and their values. */
export const CREATE = `${MOVE_IN_OWNER_LIST}
if redis.call('EXISTS', KEYS[1]) == 1 then return end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[1], unpack(ARGV, 6))
redis.call('ZADD', KEYS[3], 0, ARGV[1])
move(ARGV[1], ARGV[2], nil, ARGV[3], KEYS, ARGV[4], ARGV[5])`;

/**
 * Keys: session, messages. Parameters: the maximum number of messages, and the position at which they end, -1 for all and for the end.
 * Returns fields, message count, messages, the number of older messages.
 */
export const READ = `
local fields = redis.call('HGETALL', KEYS[1])
local count = redis.call('LLEN', KEYS[2])
local newest, before = tonumber(ARGV[1]), tonumber(ARGV[2])
local last = before < 0 and count or math.min(before, count)
local first = newest < 0 and 0 or math.max(0, last - newest)
if first == last then return {fields, count, {}, first} end
return {fields, count, redis.call('LRANGE', KEYS[2], first, last - 1), first}`;

/**
 * Keys: session, messages, lease. Parameters: id, updatedAt, now, retention, holder and fence (empty without a lease), 1 to
 * replace or remove the open turn, the last message's id (empty without messages), the number of field names and values, the
 * position from which on messages are replaced (empty to append), the names and values, the messages. Returns `written`, `session_not_found` or `lease_lost`.
 */
export const WRITE = `${MOVE_IN_OWNER_LIST}
local old = redis.call('HMGET', KEYS[1], 'owner', 'updatedAt', 'lastMessage')
if not old[1] then return 'session_not_found' end
if ARGV[6] ~= '' then
  local current = redis.call('HMGET', KEYS[3], 'holder', 'fence')
  if current[1] ~= ARGV[5] or current[2] ~= ARGV[6] then return 'lease_lost' end
end
local fields = tonumber(ARGV[9])
if ARGV[7] == '1' then redis.call('HDEL', KEYS[1], 'turn', 'waitsUntil') end
redis.call('HSET', KEYS[1], unpack(ARGV, 11, 10 + fields))
if ARGV[8] ~= '' and ARGV[8] ~= old[3] then
  local from = tonumber(ARGV[10])
  if from then
    if from == 0 then redis.call('DEL', KEYS[2]) else redis.call('LTRIM', KEYS[2], 0, from - 1) end
    local summary = redis.call('HGET', KEYS[1], 'summary')
    if summary and cjson.decode(summary).through > from then redis.call('HDEL', KEYS[1], 'summary') end
  end
  for index = 11 + fields, #ARGV do redis.call('RPUSH', KEYS[2], ARGV[index]) end
  redis.call('HSET', KEYS[1], 'lastMessage', ARGV[8])
end
move(ARGV[1], old[1], old[2], ARGV[2], KEYS, ARGV[3], ARGV[4])
return 'written'`;

/** Keys: session, messages. Parameters: through, summary. */
export const SUMMARIZE = `
if redis.call('EXISTS', KEYS[1]) == 1 and redis.call('LLEN', KEYS[2]) >= tonumber(ARGV[1]) then
  redis.call('HSET', KEYS[1], 'summary', ARGV[2])
end`;

/** Keys: session, messages. Parameters: id, updatedAt, now, retention. */
export const CLEAR = `${MOVE_IN_OWNER_LIST}
local old = redis.call('HMGET', KEYS[1], 'owner', 'updatedAt')
if not old[1] then return end
redis.call('HSET', KEYS[1], 'updatedAt', ARGV[2], 'title', '', 'allowed', '[]')
redis.call('HDEL', KEYS[1], 'feedback', 'turn', 'waitsUntil', 'summary', 'lastMessage')
redis.call('DEL', KEYS[2])
move(ARGV[1], old[1], old[2], ARGV[2], KEYS, ARGV[3], ARGV[4])`;

/**
 * Keys: session, messages, ids. Parameters: id, and optionally `before` and `now`: then the session stays when it has changed
 * since `before` or waits for an approval at `now`. Returns 1 when it deleted a session, else 0.
 */
export const DELETE = `
local old = redis.call('HMGET', KEYS[1], 'owner', 'updatedAt', 'waitsUntil')
if old[1] and ARGV[2] and (old[2] >= ARGV[2] or tonumber(old[3] or '0') > tonumber(ARGV[3])) then return 0 end
redis.call('ZREM', KEYS[3], ARGV[1])
if not old[1] then return 0 end
redis.call('ZREM', 'specchat:owner:' .. old[1], old[2] .. ' ' .. ARGV[1])
redis.call('DEL', KEYS[1], KEYS[2])
return 1`;

/** A lease that is neither renewed nor released is kept for a day after it ends, so that its holder can still renew it. */
const LEASE_HELPERS = `
local function now()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local function extend(ms)
  redis.call('HSET', KEYS[1], 'until', string.format('%d', now() + tonumber(ms)))
  redis.call('PEXPIRE', KEYS[1], string.format('%d', tonumber(ms) + 86400000))
end
local current = redis.call('HMGET', KEYS[1], 'holder', 'fence', 'until')`;

/** Keys: lease, fence. Parameters: holder, milliseconds. Returns the fence, or nil when another holder has the lease. */
export const ACQUIRE = `${LEASE_HELPERS}
if current[1] and current[1] ~= ARGV[1] and tonumber(current[3]) > now() then return false end
local fence = redis.call('INCR', KEYS[2])
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'fence', fence)
extend(ARGV[2])
return fence`;

/** Keys: lease. Parameters: holder, fence, milliseconds. Returns 1 when the lease was renewed, 0 when it is lost. */
export const RENEW = `${LEASE_HELPERS}
if current[1] ~= ARGV[1] or current[2] ~= ARGV[2] then return 0 end
extend(ARGV[3])
return 1`;

/** Keys: lease. Parameters: holder, fence. */
export const RELEASE = `
local current = redis.call('HMGET', KEYS[1], 'holder', 'fence')
if current[1] == ARGV[1] and current[2] == ARGV[2] then redis.call('DEL', KEYS[1]) end`;
