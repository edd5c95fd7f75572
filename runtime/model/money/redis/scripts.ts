/**
 * What Redis does with budgets: each script is one step that nothing comes between. Amounts have 64 bits, and Lua's numbers only 53, so sums are made by HINCRBY,
 * which is exact, and compared as decimal texts.
 *
 * A budget's key in a period is a hash: `c`, spent and reserved together, `s`, spent, and `g:GATEWAY`, what of that this gateway has told. What a gateway has open is a hash too, by call: "o" and a line for
 * each budget ("AMOUNT EXPIRY KEY"); "b" and the same lines once it was given back; "d" when it is settled. So each script may be sent again by
 * whoever does not know whether it was carried out.
 */
import { type Script, script } from "../../../redis/script.ts";

const HELPERS = `
local function add(key, field, amount)
  if amount ~= "0" and amount ~= "-0" then redis.call("HINCRBY", key, field, amount) end
end
local function greater(one, other)
  if string.sub(one, 1, 1) == "-" then return false end
  if #one ~= #other then return #one > #other end
  return one > other
end
local function keep(key, expiry)
  if redis.call("PTTL", key) == -1 then redis.call("PEXPIREAT", key, expiry) end
end
`;

/** KEYS: what is open, then the budgets. ARGV: the call, its entry, then amount, limit and expiry of each budget. Gives "ok" and what is committed of each (nothing more: it was reserved before); or "no", the index that did not fit and what is committed there. */
const RESERVE = `${HELPERS}
if redis.call("HEXISTS", KEYS[1], ARGV[1]) == 1 then return { "ok" } end
local told = { "ok" }
local function undo(last)
  for i = 2, last do
    add(KEYS[i], "c", "-" .. ARGV[3 * i - 3])
    if redis.call("HGET", KEYS[i], "c") == "0" and redis.call("HEXISTS", KEYS[i], "s") == 0 then redis.call("DEL", KEYS[i]) end
  end
end
for i = 2, #KEYS do
  local amount, limit = ARGV[3 * i - 3], ARGV[3 * i - 2]
  local before = redis.call("HGET", KEYS[i], "c") or "0"
  if greater(amount, limit) then
    undo(i - 1)
    return { "no", tostring(i - 2), before }
  end
  add(KEYS[i], "c", amount)
  told[i] = redis.call("HGET", KEYS[i], "c") or "0"
  if greater(told[i], limit) then
    undo(i)
    return { "no", tostring(i - 2), before }
  end
  keep(KEYS[i], ARGV[3 * i - 1])
end
redis.call("HSET", KEYS[1], ARGV[1], ARGV[2])
return told
`;

/** KEYS: as above. ARGV: the call, then reserved, used and expiry of each budget. Gives what each had spent before; nothing: it had been settled. */
const SETTLE = `${HELPERS}
local entry = redis.call("HGET", KEYS[1], ARGV[1])
if entry == "d" then return {} end
local held = entry and string.sub(entry, 1, 1) == "o"
local told = {}
local share = "g:" .. string.match(KEYS[1], "([^:]*)$")
for i = 2, #KEYS do
  local used = ARGV[3 * i - 3]
  told[i - 1] = redis.call("HGET", KEYS[i], "s") or "0"
  if held and redis.call("EXISTS", KEYS[i]) == 1 then add(KEYS[i], "c", "-" .. ARGV[3 * i - 4]) end
  add(KEYS[i], "s", used)
  add(KEYS[i], "c", used)
  add(KEYS[i], share, used)
  if redis.call("EXISTS", KEYS[i]) == 1 then keep(KEYS[i], ARGV[3 * i - 2]) end
end
redis.call("HSET", KEYS[1], ARGV[1], "d")
return told
`;

/**
 * KEYS: the gateways by the end of their leases, what this one has open. ARGV: this gateway, its lease in milliseconds, how long what is open is kept, and the beginning of the keys
 * of what is open. What a gateway had reserved whose lease is over is given back. Gives that gateway and how many calls; nothing: there is none.
 */
const BEAT = `${HELPERS}
local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call("ZADD", KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
redis.call("PEXPIRE", KEYS[1], ARGV[3])
redis.call("PEXPIRE", KEYS[2], ARGV[3])
local gone = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", now, "LIMIT", 0, 1)[1]
if not gone then return {} end
local open = ARGV[4] .. gone
local all = redis.call("HGETALL", open)
local count = 0
for i = 1, #all, 2 do
  local entry = all[i + 1]
  if string.sub(entry, 1, 1) == "o" then
    count = count + 1
    for amount, key in string.gmatch(entry, "\\n(%d+) %d+ ([^\\n]+)") do
      if redis.call("EXISTS", key) == 1 then add(key, "c", "-" .. amount) end
    end
    redis.call("HSET", open, all[i], "b" .. string.sub(entry, 2))
  end
end
redis.call("ZREM", KEYS[1], gone)
return { gone, tostring(count) }
`;

/**
 * KEYS: budgets. ARGV: the gateway, then what it has spent at least, and expiry, of each budget. What of that Redis does not know is added; what it knows is never taken away. Gives how
 * many budgets lacked something.
 */
const REFILL = `${HELPERS}
local share = "g:" .. ARGV[1]
local count = 0
for i = 1, #KEYS do
  local spent = ARGV[2 * i]
  local known = redis.call("HGET", KEYS[i], share) or "0"
  if greater(spent, known) then
    count = count + 1
    for _, field in ipairs({ "s", "c", share }) do
      add(KEYS[i], field, spent)
      add(KEYS[i], field, "-" .. known)
    end
    keep(KEYS[i], ARGV[2 * i + 1])
  end
end
return { tostring(count) }
`;

/** KEYS: the epoch. ARGV: a new one. Gives the one that stands; there is always one from then on, until Redis loses it. */
const EPOCH = `
local known = redis.call("GET", KEYS[1])
if known then return { known } end
redis.call("SET", KEYS[1], ARGV[1])
return { ARGV[1] }
`;

export const reserveScript: Script = script(RESERVE);
export const settleScript: Script = script(SETTLE);
export const beatScript: Script = script(BEAT);
export const refillScript: Script = script(REFILL);
export const epochScript: Script = script(EPOCH);
