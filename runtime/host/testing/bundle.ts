/** Hand-written bundles for tests of the host: small CommonJS programs, as the compiler would write them. */
import type { Configuration, GatewayConfiguration, ServiceConfiguration } from "../../abi.ts";
import { ABI_VERSION } from "../../abi.ts";

export interface TestBundle {
  /** Body of `handle(exchange)`, with `host` in scope; the default answers every request with `text`. */
  readonly handle?: string;
  readonly text?: string;
  readonly gateway?: Partial<GatewayConfiguration>;
  readonly services?: readonly (Pick<ServiceConfiguration, "name" | "endpoints"> & Partial<ServiceConfiguration>)[];
  readonly identities?: Configuration["identities"];
  readonly abi?: number;
  /** JavaScript run at the beginning of `configure(environment)`. */
  readonly configure?: string;
  /** JavaScript run when the bundle is loaded. */
  readonly load?: string;
}

export const TEST_GATEWAY: GatewayConfiguration = {
  name: "edge",
  listen: [{ address: "127.0.0.1", port: 0, transport: "strict" }],
  admin: null,
  threads: 1,
  limits: { body: 1_000_000, headers: 16_000, idle: 60_000, head: 10_000, connections: null, counters: 64 },
  forwarded: "both",
  trustedProxies: [],
  via: "vgw",
  drain: 5_000,
  accessLog: false,
};

export const TEST_SERVICE: Omit<ServiceConfiguration, "name" | "endpoints"> = {
  balance: "least_requests",
  timeout: 5_000,
  connectTimeout: 2_000,
  idle: 30_000,
  connections: 128,
  answerLimit: 1_000_000,
  preserveHost: false,
};

export function bundleText(bundle: TestBundle): string {
  const configuration = {
    gateway: { ...TEST_GATEWAY, ...bundle.gateway },
    services: (bundle.services ?? []).map((service) => ({ ...TEST_SERVICE, ...service })),
    identities: bundle.identities,
    environment: {},
  };
  const handle =
    bundle.handle ?? `exchange.respond(200, ["content-type", "text/plain"], ${JSON.stringify(bundle.text ?? "ok")});`;
  return `"use strict";
exports.configure = (environment) => {
  ${bundle.configure ?? ""}
  return ${JSON.stringify(configuration)};
};
exports.load = (host) => {
  ${bundle.load ?? ""}
  return {
    abi: ${bundle.abi ?? ABI_VERSION},
    handle(exchange) {
      ${handle}
    },
  };
};
`;
}
