/** `state` of a gateway: where what machines count together stands. */
import { type Setting, setting } from "../setting.ts";

export const stateSettings: readonly Setting[] = [
  setting({
    key: "when_away",
    type: { kind: "word", words: ["refuse", "allow"] },
    default: "refuse",
    documentation:
      "What becomes of calls that count in a budget, and of requests to limits that are `shared`, while Redis does not answer. `refuse`: they get 503 (or another model without such a budget), and nothing is passed. `allow`: each gateway counts alone, exactly over its threads and across restarts, against the whole of each budget and limit, so together they may spend as many times the budget as there are gateways; what they spent is added in Redis once it is back, what limits admitted is not. A limit may say otherwise for itself. Either way the log tells (`state.away`, `state.back`).",
    example: "when_away: allow",
  }),
  setting({
    key: "timeout",
    type: { kind: "duration", min: 10, max: 10_000 },
    default: 500,
    documentation:
      "How long Redis may take for an answer or a connection. Then the connection is given up, and Redis is away until a new one stands; that is tried after 0.1 s, 0.2 s … 5 s, and meanwhile no request waits for it.",
    example: "timeout: 500ms",
  }),
  setting({
    key: "name",
    type: { kind: "string" },
    documentation:
      "What gateways that count together have in common: their keys in Redis begin with `vgw:{NAME}:`. Left out: the gateway's name, so that copies of one program count together and other programs do not.",
    example: 'name: "shop"',
  }),
  setting({
    key: "sentinel",
    type: { kind: "string" },
    documentation:
      "The name of the master that sentinels watch. The URL's addresses are then those of sentinels, which are asked in turn where the master is whenever a connection is made; user, password, database and TLS are the master's. A sentinel that wants a password gets the same. Left out: the addresses are Redis's own.",
    example: 'sentinel: "mymaster"',
  }),
  setting({
    key: "ca",
    type: { kind: "file" },
    documentation:
      "The authorities whose certificates are believed over `rediss://`, in place of those that Node brings (to which `NODE_EXTRA_CA_CERTS` adds): a PEM file, read when the gateway starts. The certificate must be for the host that is asked; nodes of a cluster say which names they have (`cluster-preferred-endpoint-type hostname`).",
    example: 'ca: file("redis-ca.pem")',
  }),
];

export const stateSetting: Setting = setting({
  key: "state",
  type: { kind: "state", settings: stateSettings },
  documentation:
    'A Redis (5 or newer, or Valkey) in which budgets, and limits that are `shared`, are counted together with gateways on other machines: `redis(secret("REDIS_URL"))`. The URL is `redis://HOST:PORT/DATABASE`, or `rediss://…` over TLS, with `USER:PASSWORD@` where Redis asks for it; with a password it has to be a secret. `HOST:PORT,HOST:PORT` are tried in turn: nodes of a cluster, or sentinels (`sentinel`). All keys of a gateway have one hash tag, so in a cluster they are on one node, which is found and followed by itself; while their slot is moved to another one Redis counts as away. A user of Redis needs the keys `vgw:{NAME}:*` and the commands that the scripts run. Each call is reserved and settled there in one step, so all gateways together never pass a budget; that costs a call one way to Redis and back. What calls cost is written into each gateway\'s own `ledger` as ever (`GET /usage` tells what this gateway spent), and what a gateway was killed before telling Redis is told when it starts again: a call under way then counts at its worst case. What a gateway has reserved that shows no sign of life for 60 s is given back. Redis must not evict keys (`maxmemory-policy noeviction`, else the log warns). What Redis loses (it is restarted without its data, flushed, or a replica takes over that had not heard everything) each gateway tells again from its own ledger, within a second or with the next connection (`state.refilled` in the log): what it had spent in the periods that are not over, nothing twice. Not told again are the reservations of calls that are under way then, and what gateways had spent that are not running; and until all have told, a budget may be passed by what is sent in that second. Whoever cannot bear that gives Redis `appendonly yes`, and replicas `min-replicas-to-write 1`. What rates had admitted is not told again: they begin anew; places of concurrency limits are stated again within two seconds. The clocks of the machines decide in which period a call counts. Without `state` each gateway counts alone.',
  example: 'state: redis(secret("REDIS_URL"), when_away: refuse)',
});
