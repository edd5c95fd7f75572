/**
 * The program that compile-time figures are taken on: N routes of the mix that real gateways have (proxied with typed
 * parameters, guarded, composed, validated), over 20 services and 40 types. Same N, same text.
 *
 *     npx tsx bench/compile/generate-program.ts 1000 > program.vgw
 */
const SERVICES = 20;
const TYPES = 40;

export function generateProgram(routes: number): string {
  const out = ["vgw 1", "", "gateway bench {", '  listen: [http("127.0.0.1:8080")]', "}", ""];
  const types = Math.min(TYPES, Math.max(1, Math.ceil(routes / 4)));
  const services = Math.min(SERVICES, Math.max(1, Math.ceil(routes / 5)));
  for (let index = 0; index < services; index++) {
    out.push(`service service${index} {`, `  url: "http://127.0.0.1:${9100 + index}"`, "  timeout: 800ms", "}", "");
  }
  for (let index = 0; index < types; index++) {
    out.push(
      `type Item${index} { id: uuid, name: string(1..80), quantity: int(1..1000), price: money, tags: [string(1..20)](..10), note: string? }`,
      "",
    );
  }
  for (let index = 0; index < routes; index++) out.push(...route(index, services, types), "");
  return out.join("\n");
}

function route(index: number, services: number, types: number): string[] {
  const service = `service${index % services}`;
  const type = `Item${Math.floor(index / 4) % types}`;
  switch (index % 4) {
    case 0:
      return [
        `route GET "/area${index}/items/{id: uuid}" open {`,
        `  forward ${service} { remove response.header("server") }`,
        "}",
      ];
    case 1:
      return [
        `route GET, DELETE "/area${index}/{kind}/{number: int(1..9999)}" {`,
        "  require request.address in 10.0.0.0/8",
        `  set request.header("x-kind") = kind`,
        `  forward ${service}`,
        "}",
      ];
    case 2:
      return [
        `route GET "/area${index}/summary/{id: uuid}" open {`,
        `  let item = ${service}.get("/items/{id}") as ${type} else deny 502 "Away."`,
        `  let others = service${(index + 1) % services}.get("/items?like={id}") as [${type}] else []`,
        "  reply { name: item.name, total: item.quantity + others.map(o => o.quantity).sum(), others: others.length() }",
        "}",
      ];
    default:
      return [
        `route POST "/area${index}/items" open {`,
        `  read item: ${type}`,
        `  require item.quantity < 900 else deny 422 "Too many."`,
        `  let saved = ${service}.post("/items", body: item) as ${type} else deny 502 "Away."`,
        "  reply 201 saved",
        "}",
      ];
  }
}

const asked = process.argv[1]?.endsWith("generate-program.ts") ? Number(process.argv[2]) : Number.NaN;
if (Number.isInteger(asked)) process.stdout.write(`${generateProgram(asked)}\n`);
