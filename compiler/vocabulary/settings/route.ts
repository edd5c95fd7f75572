/** The settings of `route`, `forward`, cookies that are set, and `send` in tests. */
import { type Setting, setting } from "../setting.ts";

const HOUR = 3_600_000;

export const routeSettings: readonly Setting[] = [
  setting({
    key: "deadline",
    type: { kind: "duration", min: 1, max: 24 * HOUR },
    documentation:
      "How long the whole answer may take, from the request's head to the last byte. Without it there is no bound but those of services.",
    example: "deadline: 30s",
  }),
  setting({
    key: "body",
    type: { kind: "size", min: 0, max: 1024 ** 4 },
    documentation: "The largest request body that this route accepts, instead of the gateway's `limits.body`.",
    example: "body: 50MB",
  }),
  setting({
    key: "carries",
    type: { kind: "labels", none: true },
    documentation:
      "Which labels the bodies carry that clients send to this route, or `none`. Every model and service that the body is forwarded to must be cleared for them, over every way: the first model, each `fallback`, whatever else a choice may ask. What `read` types of the body as labelled counts besides, whatever stands here.\n\n" +
      "Left out, a body that goes to models carries whatever one of them is cleared for: who clears one model of a choice for `@pii` expects `@pii`, so another that is not cleared beside it does not compile until the author decides: clear it too, take it out, or say `carries: none`. Where no model has a clearance, nothing is judged, as everywhere: a label is known by being written. The program cannot find out what is in a prompt, so `none` is a promise of its author.",
    example: "carries: pii",
  }),
];

export const webSocketSettings: readonly Setting[] = [
  setting({
    key: "idle",
    type: { kind: "duration", min: 1000, max: 24 * HOUR },
    default: 60_000,
    documentation:
      "How long nothing at all may be heard of one side, client or service, until it counts as lost and the other side is told. After a third to two thirds of that time a silent side is sent a ping, whose pong counts; so a WebSocket on which nobody speaks stays open as long as both sides live.",
    example: "idle: 60s",
  }),
  setting({
    key: "message",
    type: { kind: "size", min: 1, max: 64 * 1000 ** 2 },
    default: 1_000_000,
    documentation:
      "The largest message, either way. Whoever sends a larger one is told 1009 (message too big), and the WebSocket is closed. A swap to a program with larger messages than the listener of the fast transport was opened for (1 MiB at least) needs a restart.",
    example: "message: 1MB",
  }),
];

export const forwardSettings: readonly Setting[] = [
  setting({
    key: "body",
    type: { kind: "expression", type: "T" },
    documentation:
      "What the service gets as body instead of the original bytes: a string as text, bytes as they are, anything else as JSON.",
    example: "body: order",
  }),
  setting({
    key: "timeout",
    type: { kind: "duration", min: 1, max: HOUR },
    documentation:
      "How long the service may take until its answer's head has arrived, instead of the service's `timeout`.",
    example: "timeout: 2s",
  }),
  setting({
    key: "silence",
    type: { kind: "duration", min: 100, max: 24 * HOUR },
    documentation:
      "How long the body of the service's answer may stand still, instead of the service's `silence`: longer for event streams that may be quiet for long.",
    example: "silence: 10min",
  }),
  setting({
    key: "websocket",
    type: { kind: "record", settings: webSocketSettings, without: "usual" },
    documentation:
      "Lets a client's WebSocket handshake (RFC 6455) through to the service, and then messages both ways. Requests that ask for no WebSocket are forwarded as any other; without this setting, so is a handshake, whose `Upgrade` is left out. " +
      "Everything before `forward` runs before the handshake, and what it refuses is an ordinary answer, as is what the service answers instead of 101; a handshake of another version than 13 gets 426, a malformed one 400. " +
      'A page of any site can open a WebSocket with its visitor\'s cookies: `require request.header("origin") == "https://shop.example"` before it, unless callers identify themselves by something that no page can send for another. ' +
      "The route's `deadline` and the service's `timeout` end with the handshake. No extension is negotiated (so nothing is compressed); subprotocols are the service's to choose. Pings are answered by the gateway, which sends its own.",
    example: "websocket: { idle: 60s, message: 1MB }",
  }),
];

export const cookieSettings: readonly Setting[] = [
  setting({
    key: "secure",
    type: { kind: "bool" },
    default: false,
    documentation: "Only over HTTPS.",
    example: "secure: true",
  }),
  setting({
    key: "http_only",
    type: { kind: "bool" },
    default: false,
    documentation: "Out of reach for the page's scripts.",
    example: "http_only: true",
  }),
  setting({
    key: "same_site",
    type: { kind: "word", words: ["strict", "lax", "none"] },
    documentation: "Whether the cookie travels with requests that other sites cause.",
    example: "same_site: lax",
  }),
  setting({
    key: "path",
    type: { kind: "string" },
    documentation: "The path under which the cookie is sent.",
    example: 'path: "/"',
  }),
  setting({
    key: "domain",
    type: { kind: "string" },
    documentation: "The domain whose hosts get the cookie. Without it: this host only.",
    example: 'domain: "shop.example"',
  }),
  setting({
    key: "age",
    type: { kind: "duration", min: 0, max: 400 * 24 * HOUR },
    documentation: "How long the client keeps it. Without it: until the browser closes.",
    example: "age: 8h",
  }),
];

export const sendSettings: readonly Setting[] = [
  setting({
    key: "body",
    type: { kind: "expression", type: "T" },
    documentation: "The request's body: a string as text, bytes as they are, anything else as JSON.",
    example: 'body: { sku: "a" }',
  }),
  setting({
    key: "headers",
    type: { kind: "entries", of: "string" },
    documentation: "Header fields of the request.",
    example: 'headers: { "x-tenant": "t1" }',
  }),
  setting({
    key: "address",
    type: { kind: "expression", type: "ip" },
    documentation: "The client's address. Without it 127.0.0.1.",
    example: "address: 10.1.2.3",
  }),
  setting({
    key: "host",
    type: { kind: "expression", type: "string" },
    documentation: "The host that the request asks for.",
    example: 'host: "shop.example"',
  }),
  setting({
    key: "scheme",
    type: { kind: "expression", type: '"http" | "https"' },
    documentation: "How the client reaches the gateway. Without it `http`.",
    example: 'scheme: "https"',
  }),
  setting({
    key: "websocket",
    type: { kind: "expression", type: "bool" },
    documentation:
      "Whether the request is a WebSocket handshake. A service that is given the answer 101 agrees to it, and there the test ends: what is said on a WebSocket is not the program's concern.",
    example: "websocket: true",
  }),
];
