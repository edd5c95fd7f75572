/**
 * What Redis does with limits that gateways share: each script is one step over all that one turn of a thread's loop asks for.
 *
 * A rate's key holds the theoretical arrival time of GCRA by Redis's own clock, in seconds and nanoseconds ("SECONDS.NANOSECONDS"), since Lua's numbers would not hold
 * both in one; it goes by itself once nothing is owed. A concurrency limit's key is a hash of who has how many inside; who has shown no sign of life for the time of a lease counts as
 * nobody.
 */
import { script, type Script } from "../../redis/script.ts";

/** Parts of what is left that one gateway may take in advance: the others want some too. */
const SHARE = 4;

/**
 * KEYS: one for each question. ARGV, four for each: what a unit costs and what may be owed, in nanoseconds; units; and in advance. In advance "-1": all units or none. Else
 * as many as there are, and of the rest a part in advance. Units below zero are given back. Gives for each how many were granted (-1: none) and what is owed then.
 */
const TAKE = `
local time = redis.call("TIME")
local seconds, nanoseconds = tonumber(time[1]), tonumber(time[2]) * 1000
local told = {}
for i = 1, #KEYS do
  local at = 4 * i - 4
  local interval, capacity = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local units, advance = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local owed, granted = 0, 0
  local known = redis.call("GET", KEYS[i])
  if known then
    local high, low = string.match(known, "^(%d+)%.(%d+)$")
    if high then owed = (tonumber(high) - seconds) * 1e9 + tonumber(low) - nanoseconds end
    -- A clock that was set back must not lock anybody out for longer than the limit can.
    owed = math.max(0, math.min(owed, capacity))
  end
  local room = math.floor((capacity - owed) / interval)
  if units < 0 then granted = units
  elseif advance < 0 then granted = (units == 0 or units <= room) and units or -1
  else
    granted = math.min(units, room)
    granted = granted + math.min(advance, math.floor((room - granted) / ${SHARE}))
    if granted == 0 and units > 0 then granted = -1 end
  end
  if granted ~= 0 and granted ~= -1 or units < 0 then
    owed = math.max(0, owed + granted * interval)
    if owed > 0 then
      local due = nanoseconds + owed
      local text = string.format("%.0f.%.0f", seconds + math.floor(due / 1e9), due % 1e9)
      redis.call("SET", KEYS[i], text, "PX", string.format("%.0f", math.ceil(owed / 1e6) + 1))
    elseif known then redis.call("DEL", KEYS[i]) end
  end
  told[2 * i - 1], told[2 * i] = granted, owed
end
return told
`;

/**
 * KEYS: the asker's sign of life, then one for each question. ARGV: who asks, how all signs of life begin, milliseconds of a lease and of how long a limit is kept; then three for each: how
 * many it has inside, how many more want in, and how many may be inside altogether. Gives 1 where the asker was known to live (0: what it had stated may be gone), and for each how many
 * more are inside.
 */
const ENTER = `
local own, begin = ARGV[1], ARGV[2]
local told = { redis.call("EXISTS", KEYS[1]) }
redis.call("SET", KEYS[1], "1", "PX", ARGV[3])
for i = 2, #KEYS do
  local inside, wanted, most = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  local granted = 0
  if wanted > 0 then
    local others = 0
    for pass = 1, 2 do
      others = 0
      local all = redis.call("HGETALL", KEYS[i])
      for j = 1, #all, 2 do
        if all[j] ~= own then
          -- Who lives is asked only where it matters.
          if pass == 2 and redis.call("EXISTS", begin .. all[j]) == 0 then redis.call("HDEL", KEYS[i], all[j])
          else others = others + tonumber(all[j + 1]) end
        end
      end
      if others + inside + wanted <= most then break end
    end
    granted = math.max(0, math.min(wanted, most - others - inside))
  end
  if inside + granted > 0 then
    redis.call("HSET", KEYS[i], own, inside + granted)
    redis.call("PEXPIRE", KEYS[i], ARGV[4])
  else redis.call("HDEL", KEYS[i], own) end
  told[i] = granted
end
return told
`;

export const takeScript: Script = script(TAKE);
export const enterScript: Script = script(ENTER);
