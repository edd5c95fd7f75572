/** The gateway inside one process, on one thread: start, swap, refusal, rollback, failure, deadline. */
import { afterEach, describe, expect, it } from "vitest";
import { type Gateway, type StartOptions, startGateway } from "./index.ts";
import { bundleText, type TestBundle } from "./testing/bundle.ts";

const running: Gateway[] = [];

async function start(bundle: TestBundle, options: Partial<StartOptions> = {}): Promise<Gateway> {
  const gateway = await startGateway({ source: { code: bundleText(bundle) }, environment: {}, ...options });
  running.push(gateway);
  return gateway;
}

function get(gateway: Gateway, path = "/"): Promise<Response> {
  const listener = gateway.listeners[0];
  return fetch(`http://127.0.0.1:${listener?.port}${path}`);
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.close(0)));
});

describe("a gateway in this process", () => {
  it.each(["strict", "fast"] as const)("serves on the %s transport", async (transport) => {
    const gateway = await start({ text: "hello", gateway: { listen: [{ address: "127.0.0.1", port: 0, transport }] } });
    expect(gateway.listeners).toEqual([{ address: "127.0.0.1", port: expect.any(Number), transport }]);
    const answer = await get(gateway);
    expect([answer.status, await answer.text()]).toEqual([200, "hello"]);
  });

  it("swaps, and goes back", async () => {
    const gateway = await start({ text: "one" });
    const first = await gateway.status();
    await gateway.swap({ code: bundleText({ text: "two" }) });
    expect(await (await get(gateway)).text()).toBe("two");
    const back = await gateway.rollback();
    expect(await (await get(gateway)).text()).toBe("one");
    expect(back).toMatchObject({ id: 3, hash: first.generations.serving.hash });
  });
});
