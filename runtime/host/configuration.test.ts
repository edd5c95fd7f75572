/** What is refused in a configuration, and which changes a running gateway takes. */
import { describe, expect, it } from "vitest";
import type { GatewayConfiguration } from "../abi.ts";
import { checkConfiguration, settingsThatNeedRestart } from "./configuration.ts";
import { TEST_GATEWAY, TEST_SERVICE } from "./testing/bundle.ts";

const service = { ...TEST_SERVICE, name: "api", endpoints: ["http://127.0.0.1:1"] };

describe("checkConfiguration", () => {
  it("takes a whole configuration as it is", () => {
    const configuration = { gateway: TEST_GATEWAY, services: [service], environment: { A: "a", B: 1, C: true } };
    expect(checkConfiguration(configuration)).toEqual(configuration);
  });

  it.each<{ name: string; gateway?: object; service?: object; problem: string }>([
    { name: "no listener", gateway: { listen: [] }, problem: "gateway.listen" },
    {
      name: "a port above 65535",
      gateway: { listen: [{ address: "::", port: 65536, transport: "fast" }] },
      problem: "gateway.listen.0.port",
    },
    { name: "no threads", gateway: { threads: 0 }, problem: "gateway.threads" },
    {
      name: "a collector of spans with a password",
      gateway: { traces: { url: "https://me:word@collector", sample: 1, headers: [] } },
      problem: "gateway.traces.url",
    },
    {
      name: "a collector's field that breaks lines",
      gateway: { traces: { url: "https://a", sample: 1, headers: [{ name: "a", value: "x\r\nb: c" }] } },
      problem: "gateway.traces.headers.0.value",
    },
    {
      name: "a Redis that is none",
      gateway: { state: { url: "http://:word@redis", whenAway: "refuse", timeout: 1, name: "x" } },
      problem: "gateway.state.url: expected redis://",
    },
    {
      name: "authorities for a Redis in clear text",
      gateway: { state: { url: "redis://redis", whenAway: "refuse", timeout: 1, name: "x", ca: { file: "ca.pem" } } },
      problem: "gateway.state.url: authorities",
    },
    { name: "a negative drain", gateway: { drain: -1 }, problem: "gateway.drain" },
    {
      name: "an empty token",
      gateway: { admin: { address: "127.0.0.1", port: 1, token: "" } },
      problem: "gateway.admin.token: the token is empty",
    },
    { name: "no endpoint", service: { endpoints: [] }, problem: "services.0.endpoints" },
    {
      name: "an endpoint without a scheme",
      service: { endpoints: ["example.org"] },
      problem: "services.0.endpoints.0",
    },
    {
      name: "an endpoint with a user",
      service: { endpoints: ["http://a:b@example.org"] },
      problem: "services.0.endpoints.0",
    },
    {
      name: "an endpoint with a query",
      service: { endpoints: ["http://example.org/?a"] },
      problem: "services.0.endpoints.0",
    },
    { name: "a timeout without end", service: { timeout: Number.POSITIVE_INFINITY }, problem: "services.0.timeout" },
  ])("refuses $name", ({ gateway, service: change, problem }) => {
    const configuration = {
      gateway: { ...TEST_GATEWAY, ...gateway },
      services: [{ ...service, ...change }],
      environment: {},
    };
    let problems: readonly string[] = [];
    try {
      checkConfiguration(configuration);
    } catch (error) {
      problems = (error as { problems: readonly string[] }).problems;
    }
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });
});

describe("settingsThatNeedRestart", () => {
  const changes: [keyof GatewayConfiguration, Partial<GatewayConfiguration>, string[]][] = [
    ["name", { name: "other" }, []],
    ["listen", { listen: [] }, ["listen"]],
    ["admin", { admin: { address: "127.0.0.1", port: 1, token: null } }, ["admin"]],
    ["threads", { threads: 3 }, ["threads"]],
    ["limits", { limits: { ...TEST_GATEWAY.limits, idle: 1 } }, ["limits"]],
    ["forwarded", { forwarded: "none" }, []],
    ["trustedProxies", { trustedProxies: ["10.0.0.0/8"] }, ["trusted_proxies"]],
    ["via", { via: "other" }, []],
    ["drain", { drain: 1 }, []],
    ["accessLog", { accessLog: true }, ["access_log"]],
  ];
  it.each(changes)("of a change in %s", (_name, change, needed) => {
    expect(settingsThatNeedRestart(TEST_GATEWAY, { ...TEST_GATEWAY, ...change })).toEqual(needed);
  });

  it("of a change in traces, which not every program has", () => {
    const traces = { url: "http://127.0.0.1:4318", sample: 1, headers: [] };
    expect(settingsThatNeedRestart(TEST_GATEWAY, { ...TEST_GATEWAY, traces })).toEqual(["traces"]);
  });

  it("of a first limit that gateways share", () => {
    expect(settingsThatNeedRestart(TEST_GATEWAY, { ...TEST_GATEWAY, sharedLimits: true })).toEqual([
      "limit … { shared }",
    ]);
    expect(settingsThatNeedRestart({ ...TEST_GATEWAY, sharedLimits: false }, TEST_GATEWAY)).toEqual([]);
  });

  it("knows every setting", () => {
    expect(changes.map(([name]) => name).sort()).toEqual(Object.keys(TEST_GATEWAY).sort());
  });
});
