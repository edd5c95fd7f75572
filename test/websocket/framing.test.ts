/** Every framing case through the gateway, in one write, and byte by byte: what a service gets, and how the client is closed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import { type Frame, FRAMING, type FramingCase } from "./framing.ts";
import { type Started, startProgram } from "./gateway.ts";
import { clientFrame, closed, RawWebSocket, type Upstream, wsUpstream } from "./peers.ts";

const PROGRAM = `vgw 1
gateway edge {}
service chat { url: "http://127.0.0.1:1" }
route GET "/chat" open { forward chat { websocket: { message: 100KB } } }
`;

function bytesOf(frame: Frame): Buffer {
  const payload = Buffer.from(frame.payload, "latin1");
  if (frame.header === undefined) return clientFrame(frame.first, payload, frame.plain !== true, frame.length);
  const key = Buffer.from([0, 0, 0, 0]);
  return Buffer.concat([Buffer.from(frame.header, "hex"), key, payload]);
}

const { native } = loadNative();

describe.each(native === null ? ["strict" as const] : ["strict" as const, "fast" as const])("%s", (transport) => {
  const ends: (() => unknown)[] = [];
  let upstream: Upstream;
  let gateway: Started;
  beforeAll(async () => {
    upstream = await wsUpstream((end) => ends.push(end));
    gateway = await startProgram(PROGRAM, transport, { chat: [upstream.origin] }, (end) => ends.push(end));
  });
  afterAll(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function run({ frames, delivered = [], closed: code }: FramingCase, split: boolean): Promise<void> {
    const client = await RawWebSocket.open(gateway.port, (end) => ends.push(end));
    const server = await upstream.next();
    const got: string[] = [];
    let heard: () => void = () => {};
    server.on("message", (data) => {
      got.push(data.toString("latin1"));
      heard();
    });
    const told = closed(server);
    const bytes = Buffer.concat(frames.map(bytesOf));
    if (!split) client.socket.write(bytes);
    else {
      client.socket.setNoDelay(true);
      for (let at = 0; at < bytes.length; at += 1) {
        client.socket.write(bytes.subarray(at, at + 1));
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    if (code === undefined) {
      while (got.length < delivered.length) await new Promise<void>((resolve) => (heard = resolve));
      expect(got).toEqual(delivered);
      client.socket.destroy();
      expect(await told).toBe("1001");
      return;
    }
    // Pongs aside, the client hears nothing but the reason, or nothing at all.
    const frame = await client.frame();
    if (transport === "strict") {
      expect(frame?.first).toBe(0x88);
      expect(frame?.payload.readUInt16BE(0)).toBe(code);
      expect(await client.frame()).toBeNull();
    } else if (frame !== null) {
      expect(frame.first).toBe(0x88);
      expect(await client.frame()).toBeNull();
    }
    expect(await told).toBe("1001");
    expect(got).toEqual(delivered);
  }

  const seen = FRAMING.filter(({ unseenByFast }) => transport === "strict" || unseenByFast !== true);
  test.each(seen.map((one) => [one.title, one] as const))("%s", (_title, one) => run(one, false));

  const short = seen.filter(({ frames }) => frames.every(({ payload }) => payload.length < 100));
  test("the same, byte by byte", async () => {
    for (const one of short) await run(one, true);
  });
});
