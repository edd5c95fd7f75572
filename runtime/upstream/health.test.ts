import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { FakeExchange } from "../../test/fakes/exchange.ts";
import type { ServiceConfiguration } from "../abi.ts";
import type { UpstreamService } from "./service.ts";
import { createTableLayout, SharedTable } from "./shared-table.ts";
import { forwarding, serviceOf } from "./testing/service.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** An endpoint whose health and answers are set from outside. */
interface Endpoint {
  readonly origin: string;
  readonly asked: string[];
  status: number;
  well: "yes" | "no" | "hangs";
  requests: number;
}

async function endpoint(): Promise<Endpoint> {
  const server = createServer((request, response) => {
    made.asked.push(`${request.method} ${request.url}`);
    if (!request.url!.startsWith("/base/healthz")) {
      made.requests++;
      response.writeHead(made.status).end("x");
    } else if (made.well !== "hangs") response.writeHead(made.well === "yes" ? 204 : 500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const made: Endpoint = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`,
    asked: [],
    status: 200,
    well: "yes",
    requests: 0,
  };
  return made;
}

function service(endpoints: readonly Endpoint[], changes: Partial<ServiceConfiguration>, thread = 0): UpstreamService {
  const table = new SharedTable(layout, thread);
  const origins = endpoints.map(({ origin }) => origin);
  const made = serviceOf(origins, { ...changes, balance: "round_robin" }, { table });
  stops.unshift(() => made.close());
  return made;
}

let layout = createTableLayout(2, 32);
afterEach(() => {
  layout = createTableLayout(2, 32);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function forward(to: UpstreamService): Promise<number> {
  const exchange = new FakeExchange({});
  await to.forward(exchange, forwarding());
  return exchange.status;
}

const HEALTH = { get: "/healthz", every: 15, timeout: 40, healthy: 2, unhealthy: 2 };

it.each([["no"], ["hangs"]] as const)(
  "an endpoint whose check answers %s gets no requests, in any thread",
  async (well) => {
    const endpoints = [await endpoint(), await endpoint()];
    const changes = { health: HEALTH };
    const lead = service(endpoints, changes);
    const other = service(endpoints, changes, 1);
    endpoints[0]!.well = well;
    await until(() => other.endpoints[0]!.share === 0);
    for (let round = 0; round < 6; round++) for (const one of [lead, other]) expect(await forward(one)).toBe(200);
    expect(endpoints.map(({ requests }) => requests)).toEqual([0, 12]);
    expect(endpoints[0]!.asked[0]).toBe("GET /base/healthz");
    endpoints[0]!.well = "yes";
    await until(() => other.endpoints[0]!.share === 1);
    for (let round = 0; round < 6; round++) await forward(other);
    expect(endpoints[0]!.requests).toBe(3);
  },
);

it("asks all where all are unwell", async () => {
  const endpoints = [await endpoint(), await endpoint()];
  const one = service(endpoints, { health: HEALTH });
  for (const each of endpoints) each.well = "no";
  await until(() => one.endpoints.every(({ share }) => share === 0));
  for (let round = 0; round < 4; round++) expect(await forward(one)).toBe(200);
  expect(endpoints.map(({ requests }) => requests)).toEqual([2, 2]);
});

it("asks nobody from a second thread, and nobody once it is closed", async () => {
  const one = await endpoint();
  const other = service([one], { health: HEALTH }, 1);
  const lead = service([one], { health: HEALTH });
  await until(() => one.asked.length > 2);
  await lead.close();
  const asked = one.asked.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(one.asked.length).toBe(asked);
  await other.close();
});

it("leaves an endpoint alone that fails while the other does not", async () => {
  const endpoints = [await endpoint(), await endpoint()];
  const one = service(endpoints, { eject: { requests: 5, within: 1000, time: 60_000, longest: 60_000, slow: true } });
  endpoints[0]!.status = 500;
  while (one.endpoints[0]!.share > 0) await forward(one);
  const before = endpoints[0]!.requests;
  for (let round = 0; round < 20; round++) expect(await forward(one)).toBe(200);
  expect(endpoints[0]!.requests).toBe(before);
});
