/** The settings of `gateway`, its listeners and its limits. */
import { type Setting, setting } from "../setting.ts";
import { alertSetting, ledgerSetting } from "./money.ts";
import { stateSetting } from "./state.ts";
import { tracesSetting } from "./traces.ts";

const SECOND = 1000;
const HOUR = 3600 * SECOND;

export const listenerSettings: readonly Setting[] = [
  setting({
    key: "transport",
    type: { kind: "word", words: ["fast", "strict"] },
    default: "fast",
    documentation:
      "`fast` serves HTTP/1.1 through uWebSockets.js, `strict` through Node's own parser, which is slower, refuses more and also speaks HTTP/1.0.",
    example: "transport: strict",
  }),
];

export const httpSettings: readonly Setting[] = [
  setting({
    key: "redirect",
    type: { kind: "int", min: 1, max: 65_535 },
    environment: true,
    documentation:
      "Sends everything that comes in clear text on to `https` on this port of the host that was asked for, with path and query as they came (308, so method and body stay). No route sees it. What a trusted proxy in front says came over TLS is served. Left out: the listener serves all routes in clear text.",
    example: "redirect: 443",
  }),
];

export const httpsSettings: readonly Setting[] = [
  setting({
    key: "certificates",
    type: { kind: "list", of: { kind: "certificate", folder: true }, min: 1, single: true },
    required: true,
    documentation:
      'What the listener proves itself with: `dir("certs")`, a folder, or `certificate("cert.pem", key: "key.pem")`, or a list of them. In a folder belong together `NAME.pem` (or `NAME.crt`) and `NAME.key`, and `NAME/fullchain.pem` and `NAME/privkey.pem`, as certbot keeps them; other files are left alone. A certificate serves the DNS names that it is for (its subject alternative names): the name that a client asks for, an exact one before a wildcard, which stands for one label. Where two are for one name, the first of the list counts; in a folder they go by name, `default` first. A file holds PEM: the certificate, then those between it and its authority. Keys are RSA from 2048 bits or ECDSA, and not readable for everybody; `key: secret("KEY")` takes the PEM text itself from the environment, `passphrase: secret("WORD")` opens an encrypted one, and a path may be `env("FILE")`. Files are read when the gateway starts, never when building; relative paths begin in the folder where it is started, or in `--files FOLDER` (`vgw run` and `vgw dev`: the program\'s folder). Whatever cannot be used stops the start (`start-certificate`), before anything listens; an expired certificate is only warned of.',
    example:
      'certificates: [dir("certs"), certificate("shop.pem", key: secret("SHOP_KEY"), passphrase: secret("SHOP_WORD"))]',
  }),
  setting({
    key: "minimum",
    type: { kind: "word", words: ["tls1_2", "tls1_3"] },
    default: "tls1_2",
    documentation:
      "The oldest version of TLS that is spoken. Below 1.3 only suites with forward secrecy and authenticated encryption are (ECDHE with AES-GCM or ChaCha20).",
    example: "minimum: tls1_3",
  }),
  setting({
    key: "unknown",
    type: { kind: "word", words: ["default", "refuse"] },
    default: "default",
    documentation:
      "What a client gets that asks for a name no certificate is for, or for none: `default`, the first certificate; `refuse`, no connection.",
    example: "unknown: refuse",
  }),
];

export const adminSettings: readonly Setting[] = [
  setting({
    key: "token",
    type: { kind: "secret" },
    documentation: "The bearer token that every call of the admin listener must carry.",
    example: 'token: secret("VGW_ADMIN_TOKEN")',
  }),
];

export const limitSettings: readonly Setting[] = [
  setting({
    key: "body",
    type: { kind: "size", min: 0, max: 1024 ** 4 },
    default: 1_000_000,
    environment: true,
    documentation:
      "The largest request body that is accepted. A longer one is answered with 413. A route's own `body` overrides it.",
    example: "body: 1MB",
  }),
  setting({
    key: "headers",
    type: { kind: "size", min: 1024, max: 1024 ** 2 },
    default: 16_000,
    environment: true,
    documentation:
      "The largest request head (request line and header fields together). A longer one is answered with 431.",
    example: "headers: 16KB",
  }),
  setting({
    key: "idle",
    type: { kind: "duration", min: SECOND, max: 24 * HOUR },
    default: 60 * SECOND,
    environment: true,
    documentation: "How long a connection may stay open without a request or a byte of one in flight.",
    example: "idle: 60s",
  }),
  setting({
    key: "head",
    type: { kind: "duration", min: 100, max: HOUR },
    default: 10 * SECOND,
    environment: true,
    documentation: "How long a client may take to send a whole request head.",
    example: "head: 10s",
  }),
  setting({
    key: "connections",
    type: { kind: "int", min: 1, max: 10_000_000 },
    environment: true,
    documentation:
      "How many client connections may be open at once over all threads. Without it there is no limit but the system's.",
    example: "connections: 10000",
  }),
  setting({
    key: "counters",
    type: { kind: "int", min: 64, max: 16_777_216 },
    default: 65_536,
    environment: true,
    documentation:
      "For how many callers, addresses or other values of `limit … by` the gateway can count at the same time, over all threads. Each takes 24 bytes, and is free again once its limit has recovered. More than half of them in use begins to crowd the table.",
    example: "counters: 65536",
  }),
];

export const gatewaySettings: readonly Setting[] = [
  setting({
    key: "listen",
    type: {
      kind: "list",
      of: {
        kind: "listener",
        forms: [
          { word: "http", settings: [...listenerSettings, ...httpSettings] },
          { word: "https", settings: [...listenerSettings, ...httpsSettings] },
        ],
      },
      min: 1,
      single: true,
    },
    default: [{ word: "http", address: "127.0.0.1", port: 8080, transport: "fast" }],
    environment: true,
    documentation:
      'Where the gateway takes requests, in clear text with `http(…)` or over TLS with `https(…)`. `":8080"` means every address of the machine; port 0 takes any free port. All listeners serve all routes, and `request.scheme` tells them apart; a listener with `redirect: 443` only sends clear text on to https.',
    example: 'listen: [http(":8080", redirect: 8443), https(":8443", certificates: dir("certs"), transport: strict)]',
  }),
  setting({
    key: "admin",
    type: { kind: "listener", forms: [{ word: "http", settings: adminSettings }] },
    documentation:
      "Where metrics, health and status are served. Without it there is no admin listener. It speaks clear text: keep it on a loopback address, or behind what encrypts.",
    example: 'admin: http("127.0.0.1:9901", token: secret("VGW_ADMIN_TOKEN"))',
  }),
  setting({
    key: "threads",
    type: { kind: "int", min: 1, max: 1024 },
    environment: true,
    documentation: "How many worker threads answer requests. Without it: one per processor core.",
    example: "threads: 4",
  }),
  setting({
    key: "limits",
    type: { kind: "record", settings: limitSettings },
    documentation: "What a client may ask of the gateway before any route is chosen.",
    example: "limits: { body: 1MB, headers: 16KB, idle: 60s }",
  }),
  setting({
    key: "forwarded",
    type: { kind: "word", words: ["x_forwarded", "forwarded", "both", "none"] },
    default: "both",
    documentation:
      "How services learn the client's address: the `X-Forwarded-*` fields, the standard `Forwarded` field (RFC 7239), both or neither.",
    example: "forwarded: both",
  }),
  setting({
    key: "trusted_proxies",
    type: { kind: "list", of: { kind: "cidr" }, min: 0, single: true },
    default: [],
    environment: true,
    documentation:
      "Proxies in front of this gateway whose `X-Forwarded-For` is believed. What any other peer says about itself is dropped.",
    example: "trusted_proxies: [10.0.0.0/8]",
  }),
  setting({
    key: "via",
    type: { kind: "string" },
    default: "vgw",
    documentation: "The name this gateway has in the `Via` field (RFC 9110, section 7.6.3).",
    example: 'via: "edge-1"',
  }),
  setting({
    key: "drain",
    type: { kind: "duration", min: 0, max: 24 * HOUR },
    default: 30 * SECOND,
    environment: true,
    documentation: "How long requests in flight may take to end when the gateway stops, before they are cut.",
    example: "drain: 30s",
  }),
  setting({
    key: "access_log",
    type: { kind: "bool" },
    default: true,
    environment: true,
    documentation:
      "Whether one line of JSON is written for each request. It holds no header field, no body and no value of the query; where a part of the path is labelled (`/people/{email: string @pii}`) it has the pattern, `/people/{email}`.",
    example: "access_log: false",
  }),
  ledgerSetting,
  stateSetting,
  alertSetting,
  tracesSetting,
];
