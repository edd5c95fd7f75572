/** Server-sent events through a running gateway, on both transports: opening, quiet times, back-pressure, ends on either side. */
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import { EventSource } from "undici";
import { afterEach, describe, expect, test } from "vitest";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import { type Started, startProgram, type TransportName } from "./gateway.ts";
import { listening } from "./peers.ts";

const ends: (() => unknown)[] = [];
const close = (end: () => unknown): void => void ends.push(end);
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const program = (service = "", forward = ""): string => `vgw 1
gateway edge {}
service live { url: "http://127.0.0.1:1"${service} }
route GET "/live" open { forward live${forward} }
`;

const { native } = loadNative();
const transports: readonly TransportName[] = native === null ? ["strict"] : ["strict", "fast"];

describe.each(transports)("%s", (transport) => {
  /** `answer` is called for each request of an event stream, its head not yet sent. */
  async function started(
    answer: (response: ServerResponse, request: IncomingMessage) => void,
    source = program(),
  ): Promise<Started> {
    const server = createServer((request, response) => {
      response.setHeader("content-type", "text/event-stream");
      answer(response, request);
    });
    const origin = await listening(server, close);
    return startProgram(source, transport, { live: [origin] }, close);
  }

  test("a stream that is quiet at first opens at once", async () => {
    let stream: ServerResponse | null = null;
    const gateway = await started((response) => {
      response.flushHeaders();
      stream = response;
    });
    const source = new EventSource(`http://127.0.0.1:${gateway.port}/live`);
    close(() => source.close());
    await new Promise<void>((resolve) => source.addEventListener("open", () => resolve()));
    const event = new Promise((resolve) => source.addEventListener("message", ({ data }) => resolve(data)));
    stream!.write("\ufeffdata: first\n\n");
    expect(await event).toBe("first");
  });

  test("what is sent at once arrives as it was sent, byte for byte", async () => {
    const gateway = await started((response) => response.end("data: whole\n\n"));
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/live`);
    expect(await answer.text()).toBe("data: whole\n\n");
  });

  test("no comment in a coding, or in anything that is no event stream", async () => {
    for (const headers of [{ "content-encoding": "br" }, { "content-type": "application/x-ndjson" }]) {
      const gateway = await started((response) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        response.flushHeaders();
        setTimeout(() => response.end("x"), 60);
      });
      const body = await new Promise<string>((resolve) => {
        get(`http://127.0.0.1:${gateway.port}/live`, (response) => {
          let text = "";
          response.on("data", (chunk: Buffer) => {
            text += chunk.toString("latin1");
          });
          response.on("end", () => resolve(text));
        });
      });
      expect(body).toBe("x");
    }
  });

  test("a stream that stands still for the service's silence is cut", async () => {
    const gateway = await started((response) => response.write("data: one\n\n"), program(", silence: 200ms"));
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/live`);
    await expect(answer.text()).rejects.toThrow();
    expect(await gateway.logged(({ message }) => message === "request")).toMatchObject({ status: 200 });
  });

  test("a forward's own silence holds instead", async () => {
    const gateway = await started(
      (response) => {
        response.write("data: one\n\n");
        setTimeout(() => response.end("data: two\n\n"), 700);
      },
      program(", silence: 100ms", " { silence: 1min }"),
    );
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/live`);
    expect(await answer.text()).toBe("data: one\n\ndata: two\n\n");
  });

  test("a client that leaves ends the request to the service at once", async () => {
    let left: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      left = resolve;
    });
    const gateway = await started((response) => {
      response.on("close", left);
      response.flushHeaders();
    });
    const leave = new AbortController();
    await fetch(`http://127.0.0.1:${gateway.port}/live`, { signal: leave.signal });
    leave.abort();
    await gone;
    await expect.poll(() => gateway.metric("vgw_upstream_requests_in_flight")).toBe(0);
  });

  test("a service that goes away in the middle: the client sees that the stream was cut", async () => {
    const gateway = await started((response) => response.write("data: one\n\n", () => response.destroy()));
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/live`);
    await expect(answer.text()).rejects.toThrow();
  });

  test("a swap leaves an open stream alone", async () => {
    let stream: ServerResponse | null = null;
    const gateway = await started((response) => {
      response.write("data: before\n\n");
      stream = response;
    });
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/live`);
    await gateway.swap(program(", timeout: 1s"));
    stream!.end("data: after\n\n");
    expect(await answer.text()).toBe("data: before\n\ndata: after\n\n");
  });
});
