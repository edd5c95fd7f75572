/** Two programs that answer the same requests and are told apart by a response field; some routes more, so that loading one is work. */
export interface ProgramOptions {
  readonly transport: "fast" | "strict";
  readonly upstream: number;
  /** Speaks WebSocket. */
  readonly sockets: number;
  /** Stands in `x-bundle`. */
  readonly name: string;
}

const ROUTES = 60;

export function program({ transport, upstream, sockets, name }: ProgramOptions): string {
  const more = Array.from(
    { length: ROUTES },
    (_, index) => `route GET "/area${index}/{id: int}" open {
  require request.query("level") == "${name}${index}"
  reply { area: ${index}, id: id, bundle: "${name}" }
}
`,
  );
  return `vgw 1

gateway swaps {
  listen: [http("127.0.0.1:0", transport: ${transport})]
  admin: http("127.0.0.1:0", token: secret("VGW_ADMIN_TOKEN"))
  threads: 1
  access_log: false
  limits: { body: 1GB }
}

service up { url: "http://127.0.0.1:${upstream}", connections: 1000 }

service sockets { url: "http://127.0.0.1:${sockets}", connections: 1000 }

route GET "/socket" open {
  set response.header("x-bundle") = "${name}"
  forward sockets { websocket: { idle: 60s, message: 1MB } }
}

route any "/{path...}" open {
  set response.header("x-bundle") = "${name}"
  forward up
}

${more.join("\n")}`;
}
