/** Checks what a bundle's `configure` gives (plain data from generated code, but also from hand-written bundles), and compares two configurations. */
import { z } from "zod";
import type { Configuration, GatewayConfiguration } from "../abi.ts";
import { StartError } from "../start-error.ts";
import { IDENTITY } from "./identity-configuration.ts";
import { BUDGET, MODEL, POOL } from "./model-configuration.ts";
import { LISTEN_TLS, PEM, SERVICE_TLS } from "./tls-configuration.ts";
import { problemsOf } from "./zod-problems.ts";

const PORT = z.int().min(0).max(65535);
const MILLISECONDS = z.number().min(0);
const COUNT = z.int().min(1);
const FRACTION = z.number().min(0).max(1);
const BYTES = z.int().min(0);
const REDIS_URL = z
  .string()
  .regex(/^rediss?:\/\/([^/?#@\s]*@)?[^/?#@\s]+(\/\d{1,5})?$/, "expected redis://host:port or rediss://host:port");
const ORIGIN = z
  .string()
  .regex(/^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/, "expected http://host:port with an optional base path");

const CONFIGURATION = z.object({
  gateway: z.object({
    name: z.string(),
    listen: z
      .array(
        z.object({
          address: z.string(),
          port: PORT,
          transport: z.enum(["fast", "strict"]),
          tls: LISTEN_TLS.optional(),
          redirect: z.int().min(1).max(65535).optional(),
        }),
      )
      .min(1),
    admin: z
      .object({ address: z.string(), port: PORT, token: z.string().min(1, "the token is empty").nullable() })
      .nullable(),
    threads: z.int().min(1).max(256).nullable(),
    limits: z.object({
      body: BYTES,
      headers: BYTES,
      idle: MILLISECONDS,
      head: MILLISECONDS,
      connections: z.int().min(1).nullable(),
      counters: z.int().min(64).max(16_777_216),
    }),
    forwarded: z.enum(["x-forwarded", "forwarded", "both", "none"]),
    trustedProxies: z.array(z.string()),
    via: z.string(),
    drain: MILLISECONDS,
    accessLog: z.boolean(),
    ledger: z.object({ folder: z.string().min(1), keep: MILLISECONDS }).optional(),
    alert: z
      .object({
        url: z.string().regex(/^https?:\/\/[^/?#@\s]+([/?][^#\s]*)?$/, "expected the URL of an http or https address"),
        token: z
          .string()
          .regex(/^[!-~]+$/, "expected a token without spaces")
          .nullable(),
      })
      .optional(),
    traces: z
      .object({
        url: z.string().regex(/^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/, "expected the URL of an http or https address"),
        sample: FRACTION,
        headers: z.array(
          z.object({
            name: z.string().regex(/^[!#$%&'*+.^_`|~0-9a-z-]+$/, "expected the name of a header field"),
            value: z.string().regex(/^[!-~]([ -~]*[!-~])?$/, "expected the value of a header field"),
          }),
        ),
      })
      .optional(),
    state: z
      .object({
        url: REDIS_URL,
        whenAway: z.enum(["refuse", "allow"]),
        timeout: MILLISECONDS,
        name: z.string().min(1),
        sentinel: z.string().min(1).optional(),
        ca: PEM.optional(),
      })
      .refine(({ url, ca }) => ca === undefined || url.startsWith("rediss:"), {
        message: "authorities (`ca`) are for rediss://, and this is redis://",
        path: ["url"],
      })
      .optional(),
    sharedLimits: z.boolean().optional(),
  }),
  services: z.array(
    z.object({
      name: z.string(),
      endpoints: z.array(ORIGIN).min(1),
      tls: SERVICE_TLS.optional(),
      weights: z.array(z.number().positive()).optional(),
      eject: z
        .object({
          requests: COUNT,
          within: MILLISECONDS,
          time: MILLISECONDS,
          longest: MILLISECONDS,
          slow: z.boolean(),
        })
        .optional(),
      health: z
        .object({
          get: z.string().startsWith("/"),
          every: MILLISECONDS,
          timeout: MILLISECONDS,
          healthy: COUNT,
          unhealthy: COUNT,
        })
        .optional(),
      slowStart: MILLISECONDS.optional(),
      breaker: z.object({ failures: FRACTION, of: COUNT, within: MILLISECONDS, probe: MILLISECONDS }).optional(),
      retry: z
        .object({
          times: COUNT,
          on: z.array(z.union([z.enum(["connect", "timeout", "closed"]), z.int().min(400).max(599)])),
          budget: FRACTION,
          wait: z.object({ from: MILLISECONDS, to: MILLISECONDS }),
        })
        .optional(),
      hedge: z
        .object({
          after: z.union([MILLISECONDS, z.enum(["p50", "p75", "p90", "p95", "p99"])]),
          most: COUNT,
          budget: FRACTION,
          methods: z.enum(["safe", "idempotent"]),
        })
        .optional(),
      passDeadline: z.boolean().optional(),
      hidesPaths: z.boolean().optional(),
      maxAge: MILLISECONDS.optional(),
      pipelining: z.int().min(0).max(1024).optional(),
      balance: z.enum(["least_requests", "round_robin", "latency", "hash"]),
      timeout: MILLISECONDS,
      connectTimeout: MILLISECONDS,
      idle: MILLISECONDS,
      silence: MILLISECONDS.optional(),
      connections: z.int().min(1),
      answerLimit: BYTES,
      preserveHost: z.boolean(),
    }),
  ),
  webSockets: z.int().min(1).optional(),
  identities: z.array(IDENTITY).optional(),
  models: z.array(MODEL).optional(),
  budgets: z.array(BUDGET).optional(),
  pools: z.array(POOL).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
}) satisfies z.ZodType<Configuration>;

/** Throws a `StartError` "start-configuration" that lists every problem. */
export function checkConfiguration(value: unknown): Configuration {
  const parsed = CONFIGURATION.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new StartError(
    "start-configuration",
    "the bundle's configuration is not valid",
    problemsOf(parsed.error),
    "Check the settings above, and the variables they are read from.",
  );
}

/** Settings that sockets and threads are made from: a swap cannot change them. In the words of the language. */
const FIXED: readonly [string, (gateway: GatewayConfiguration) => unknown][] = [
  ["listen", (gateway) => gateway.listen],
  ["admin", (gateway) => gateway.admin],
  ["threads", (gateway) => gateway.threads],
  ["limits", (gateway) => gateway.limits],
  ["trusted_proxies", (gateway) => gateway.trustedProxies],
  ["access_log", (gateway) => gateway.accessLog],
  ["ledger", (gateway) => gateway.ledger],
  ["state", (gateway) => gateway.state],
  // The connections are made at the start.
  ["limit … { shared }", (gateway) => gateway.sharedLimits ?? false],
  ["alert", (gateway) => gateway.alert],
  ["traces", (gateway) => gateway.traces],
];

/** The settings that differ and need a restart; empty: the new configuration can be swapped in. */
export function settingsThatNeedRestart(running: GatewayConfiguration, next: GatewayConfiguration): string[] {
  return FIXED.filter(([, read]) => JSON.stringify(read(running)) !== JSON.stringify(read(next))).map(([name]) => name);
}
