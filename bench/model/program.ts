/** The program that Vivremotion runs in the bench of models, and the key that its clients show. */
import { createHash } from "node:crypto";

/** Known to everybody: it protects nothing but figures. */
export const CLIENT_KEY = "vgw-bench-0123456789abcdef0123456789abcdef0123456789";

export const PATHS = {
  same: "/same/v1/chat/completions",
  translated: "/translated/v1/chat/completions",
  bare: "/bare/v1/chat/completions",
  copied: "/copied/v1/chat/completions",
} as const;

export const KEYS = JSON.stringify([
  { id: "bench", hash: `sha256:${createHash("sha256").update(CLIENT_KEY).digest("hex")}` },
]);

/** "same": OpenAI's dialect in and out; "translated": OpenAI's in, Anthropic's out; "bare": as "same", without key, limit, budget and record; "copied": no model, but a service. */
export function program(port: number, provider: number, ledger: string): string {
  const origin = `http://127.0.0.1:${provider}`;
  return `vgw 1

gateway bench {
  listen: [http("127.0.0.1:${port}", transport: fast)]
  threads: 1
  access_log: false
  ledger: ${JSON.stringify(ledger)}
}

identity callers = api_key {
  keys: file("keys.json")
  claims: { id: string(1..64) }
}

policy known {
  identify callers
  limit 1000000/s by caller.id { headers: false }
}

model same {
  provider: openai("gpt-4.1-mini"), key: secret("PROVIDER_KEY"), url: "${origin}/v1", connections: 5000
  max_output: 4ktok, price: { in: $0.40/Mtok, cached: $0.10/Mtok, out: $1.60/Mtok }, budget: $1000000/day
}

model translated {
  provider: anthropic("claude-sonnet-4-5"), key: secret("PROVIDER_KEY"), url: "${origin}", connections: 5000
  max_output: 4ktok, price: { in: $3/Mtok, out: $15/Mtok }, budget: $1000000/day
}

model bare {
  provider: openai("gpt-4.1-mini"), key: secret("PROVIDER_KEY"), url: "${origin}/v1", connections: 5000
}

service copied { url: "${origin}" }

route POST "${PATHS.same}" with known { body: 10MB; forward same as openai.chat }
route POST "${PATHS.translated}" with known { body: 10MB; forward translated as openai.chat }
route POST "${PATHS.bare}" open { body: 10MB; forward bare as openai.chat }
route POST "${PATHS.copied}" open { body: 10MB; rewrite "/v1/chat/completions"; forward copied }
`;
}
