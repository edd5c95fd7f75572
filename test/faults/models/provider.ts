/** A provider of all dialects over a raw socket: answers as the fake does where it is asked as "kind", and as the case's attack says where it is asked as "evil". */
import { createServer, type AddressInfo, type Socket } from "node:net";
import type { ProviderDialectName } from "../../../runtime/model/dialect/dialect.ts";
import { FakeProvider } from "../../../runtime/model/fake/respond.ts";
import { MessageReader } from "../message-reader.ts";
import { type Attack, MOST_FLOODED, type Script, type Sound } from "./attacks.ts";
import { Random } from "../../fakes/random.ts";
import { caseOf } from "./case.ts";

export interface Played {
  /** What was asked for as "evil" and as "kind": the sound answers. */
  readonly sound: Sound[];
  /** A head with 200 to 299 has left. */
  accepted: number;
}

export interface HostileProvider {
  readonly origin: string;
  readonly open: number;
  readonly asked: number;
  played(index: number): Played | undefined;
  forget(index: number): void;
  /** What reached it that must not have. */
  readonly violations: readonly string[];
  closeConnections(): void;
  stop(): Promise<void>;
}

export async function hostileProvider(seed: number): Promise<HostileProvider> {
  const sockets = new Set<Socket>();
  const played = new Map<number, Played>();
  const violations: string[] = [];
  const fake = new FakeProvider();
  let asked = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    let line = "";
    let body: Buffer[] = [];
    const reader = new MessageReader(
      {
        head: (first) => {
          line = first;
          body = [];
        },
        data: (chunk) => void body.push(Buffer.from(chunk)),
        end: () => {
          asked++;
          answered(socket, line, Buffer.concat(body).toString());
        },
      },
      (_line, fields) => Number(fields.get("content-length") ?? 0),
    );
    socket.on("data", (data: Buffer) => {
      reader.read(data);
      if (reader.fault !== null) violations.push(`the provider was sent no HTTP: ${reader.fault}`);
    });
  });

  function answered(socket: Socket, line: string, text: string): void {
    const [, target = "/"] = line.split(" ");
    const [path = "/", query = ""] = target.split("?");
    const index = Number(/case (\d+)\b/.exec(text)?.[1] ?? -1);
    if (index === -1) violations.push(`a request of no case: ${line} ${text.slice(0, 200)}`);
    const kind = /kind/.test(target) || /"model":"[^"]*kind/.test(text);
    const given = fake.respond({ method: "POST", path, query, switches: "", body: text });
    const bytes = Buffer.concat(given.steps.map((step) => step.bytes));
    const mediaType = given.headers[1] ?? "application/json";
    const stream = mediaType !== "application/json" || /"stream":true|alt=sse|converse-stream/.test(line + text);
    if (given.status !== 200)
      violations.push(`case ${index}: the fake did not take ${line}: ${bytes.toString().slice(0, 300)}`);
    const one = played.get(index) ?? { sound: [], accepted: 0 };
    played.set(index, one);
    const it = caseOf(seed, index);
    const sound: Sound = { dialect: kind ? "ollama" : dialectOf(target), stream, mediaType, body: bytes };
    one.sound.push(sound);
    const script = (kind ? SOUND : it.attack).make(sound, new Random(seed, index, 7));
    if (/^HTTP\/1.1 2/.test(script.steps[0]?.bytes.toString("latin1", 0, 20) ?? "")) one.accepted++;
    void play(socket, script);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    get open() {
      return sockets.size;
    },
    get asked() {
      return asked;
    },
    played: (index) => played.get(index),
    forget: (index) => void played.delete(index),
    violations,
    closeConnections: () => {
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const SOUND: Pick<Attack, "make"> = {
  make: ({ stream, mediaType, body }) => ({
    steps: [
      {
        after: 0,
        bytes: Buffer.concat([
          Buffer.from(
            `HTTP/1.1 200 OK\r\ncontent-type: ${mediaType}\r\n${stream ? "transfer-encoding: chunked" : `content-length: ${body.length}`}\r\n\r\n`,
          ),
          stream
            ? Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n0\r\n\r\n")])
            : body,
        ]),
      },
    ],
    flood: null,
    ends: "keep",
  }),
};

async function play(socket: Socket, { steps, flood, ends }: Script): Promise<void> {
  for (const { after, bytes } of steps) {
    if (after > 0) await new Promise((resolve) => setTimeout(resolve, after));
    if (socket.destroyed) return;
    socket.write(bytes);
  }
  if (flood !== null) {
    for (let sent = 0; sent < MOST_FLOODED && !socket.destroyed; sent += flood.length) {
      if (!socket.write(flood)) {
        await new Promise<void>((resolve) => {
          const go = (): void => {
            socket.off("drain", go);
            socket.off("close", go);
            resolve();
          };
          socket.on("drain", go);
          socket.on("close", go);
        });
      }
    }
  }
  if (socket.destroyed) return;
  if (ends === "close") socket.end();
  // What was written has to be there before the reset.
  else if (ends === "reset") setTimeout(() => socket.resetAndDestroy(), 5);
}

/** By the path, since the last ones of a campaign are asked by no case. */
function dialectOf(target: string): ProviderDialectName {
  if (target.includes("/converse")) return "bedrock";
  if (target.includes(":")) return "gemini";
  const found = PATHS.find(([end]) => target.endsWith(end));
  return found === undefined ? "ollama" : found[1];
}

const PATHS: readonly (readonly [end: string, dialect: ProviderDialectName])[] = [
  ["/chat/completions", "openai-chat"],
  ["/responses", "openai-responses"],
  ["/messages", "anthropic"],
  ["/v2/chat", "cohere"],
];
