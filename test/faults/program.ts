import { PIPELINED } from "./case.ts";

/** The program under attack: one route for each way in which the gateway asks a service. */
export interface Peers {
  /** Answers as each case says. */
  readonly upstream: number;
  /** The same upstream, behind a middle-man that harms what passes. */
  readonly wire: number;
}

/** How long `hasty` waits for a head, and for the next byte of a body. In milliseconds. */
export const HASTE = 250;

export function program(transport: "fast" | "strict", { upstream, wire }: Peers): string {
  // The fast transport cannot honour these, and says so at the start.
  const limits = transport === "strict" ? "body: 8MB, headers: 16KB, idle: 5s, head: 2s" : "body: 8MB, headers: 16KB";
  return `vgw 1

gateway faults {
  listen: [http("127.0.0.1:0", transport: ${transport})]
  admin: http("127.0.0.1:0")
  threads: 1
  access_log: false
  limits: { ${limits} }
}

service sound { url: "http://127.0.0.1:${upstream}", connections: 5000 }
service faulty { url: "http://127.0.0.1:${upstream}", timeout: 60s, max_age: 5s, connections: 5000 }
service hasty { url: "http://127.0.0.1:${upstream}", timeout: ${HASTE}ms, idle: ${HASTE}ms, connections: 5000 }
service narrow { url: "http://127.0.0.1:${upstream}", timeout: 60s, connections: 3 }
service wire { url: "http://127.0.0.1:${wire}", timeout: 60s, connections: 5000 }
service retried { url: "http://127.0.0.1:${upstream}", timeout: 60s, connections: 5000, retry: { times: 2, on: [connect, closed, 503], budget: 20%, wait: 1ms..5ms } }
${PIPELINED.map((name) => `service ${name} { url: "http://127.0.0.1:${upstream}", connections: 5000, ${name.startsWith("brisk") ? `pipelining: 2, timeout: ${HASTE}ms, idle: ${HASTE}ms` : "pipelining: 4, timeout: 60s"} }`).join("\n")}
service refused { url: "http://127.0.0.1:1" }

type Answer { id: int, text: string }

route any "/sound/{id}" open { forward sound }
route any "/faulty/{id}" open { forward faulty }
route any "/hasty/{id}" open { forward hasty }
route any "/narrow/{id}" open { forward narrow }
route any "/wire/{id}" open { forward wire }
route any "/retried/{id}" open { forward retried }
route any "/refused/{id}" open { forward refused }
${PIPELINED.map((name) => `route any "/${name}/{id}" open { forward ${name} }`).join("\n")}

// Its steps look at the head, and put another answer in the place of the upstream's.
route GET "/replaced/{id}" open {
  forward faulty { if response.status == 200 { reply "replaced {id}" } }
}

route GET "/json/{id}" open {
  let answer = faulty.get("/json/{id}") as Answer else reply 502 "Away."
  reply { id: answer.id, text: answer.text }
}
`;
}
