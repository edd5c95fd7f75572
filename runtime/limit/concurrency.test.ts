import { describe, expect, it } from "vitest";
import { FakeExchange } from "../../test/fakes/exchange.ts";
import { giveBackAll } from "../http/held.ts";
import { Concurrency, createPermitMemory, newTableKey, PermitTable } from "./index.ts";

/** Longer than any test. */
const LONG = 60_000;

function made(threads = 1, slots = 64): { readonly table: PermitTable; readonly each: readonly Concurrency[] } {
  const memory = createPermitMemory(slots, threads, newTableKey());
  return {
    table: new PermitTable(memory, 0),
    each: Array.from({ length: threads }, (_, thread) => new Concurrency(new PermitTable(memory, thread))),
  };
}

describe("a concurrency limit", () => {
  it("lets in as many as it says, of each key, and one more for each that ends", () => {
    const { table, each } = made();
    const limit = each[0]!.limiter("x", "deny");
    const exchanges = Array.from({ length: 5 }, () => new FakeExchange());
    expect(exchanges.map((exchange) => limit.enter(exchange, "a", 3))).toEqual([true, true, true, false, false]);
    expect(limit.enter(new FakeExchange(), "b", 3)).toBe(true);
    expect(each[0]!.limiter("y", "deny").enter(new FakeExchange(), "a", 1)).toBe(true);
    giveBackAll(exchanges[1]!);
    giveBackAll(exchanges[1]!);
    expect([exchanges[3], exchanges[4]].map((exchange) => limit.enter(exchange!, "a", 3))).toEqual([true, false]);
    for (const exchange of exchanges) giveBackAll(exchange);
    expect(table.total()).toEqual({ inside: 2, waiting: 0 });
    expect(each[0]!.counts.get("x")).toMatchObject({ admitted: 5, refused: 3, inside: 1 });
  });

  it("counts a request once, however often it passes, and refuses one that is over", () => {
    const { table, each } = made();
    const limit = each[0]!.limiter("x", "deny");
    const exchange = new FakeExchange();
    expect([limit.enter(exchange, "a", 1), limit.enter(exchange, "a", 1), limit.join(exchange, "a", 1, 9, 9)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(table.total()).toEqual({ inside: 1, waiting: 0 });
    giveBackAll(exchange);
    expect([limit.enter(exchange, "a", 1), limit.join(exchange, "a", 1, 9, LONG)]).toEqual([false, false]);
    expect(table.total()).toEqual({ inside: 0, waiting: 0 });
  });

  it("has a queue: first come, first served, as long as it says, nobody past it", async () => {
    const { each } = made();
    const limit = each[0]!.limiter("x", "deny");
    const inside = new FakeExchange();
    expect(limit.join(inside, "", 1, 2, LONG)).toBe(true);
    const order: string[] = [];
    const waiting = ["first", "second", "third"].map((name) => {
      const exchange = new FakeExchange();
      const turn = limit.join(exchange, "", 1, 2, LONG);
      if (typeof turn !== "boolean") void turn.then((admitted) => order.push(`${name} ${admitted}`));
      return { exchange, turn };
    });
    expect(waiting[2]!.turn).toBe(false);
    giveBackAll(inside);
    // The turn is the first one's, even before it knows.
    expect(limit.enter(new FakeExchange(), "", 1)).toBe(false);
    expect(await waiting[0]!.turn).toBe(true);
    expect(order).toEqual(["first true"]);
    giveBackAll(waiting[0]!.exchange);
    expect(await waiting[1]!.turn).toBe(true);
    expect(each[0]!.counts.get("x")).toMatchObject({ admitted: 3, refused: 2, inside: 1, waiting: 0 });
  });

  it("lets nobody wait for longer, and forgets who went away", async () => {
    const { table, each } = made();
    const limit = each[0]!.limiter("x", "deny");
    const inside = new FakeExchange();
    limit.enter(inside, "", 1);
    expect(await limit.join(new FakeExchange(), "", 1, 9, 1)).toBe(false);
    const leaving = new FakeExchange();
    const last = new FakeExchange();
    const turns = [limit.join(leaving, "", 1, 9, LONG), limit.join(last, "", 1, 9, LONG)];
    giveBackAll(leaving);
    expect(await turns[0]).toBe(false);
    giveBackAll(inside);
    expect(await turns[1]).toBe(true);
    giveBackAll(last);
    expect(table.total()).toEqual({ inside: 0, waiting: 0 });
    expect(each[0]!.counts.get("x")).toMatchObject({ expired: 1, left: 1, admitted: 2, waiting: 0, inside: 0 });
  });

  it("is one over all threads, its queue too", async () => {
    const { table, each } = made(2);
    const [one, other] = each.map((thread) => thread.limiter("x", "deny"));
    const inside = new FakeExchange();
    expect([one!.enter(inside, "", 1), other!.enter(new FakeExchange(), "", 1)]).toEqual([true, false]);
    const order: number[] = [];
    const exchanges = Array.from({ length: 4 }, () => new FakeExchange());
    const turns = exchanges.map(async (exchange, index) => {
      const limiter = index % 2 === 0 ? other! : one!;
      if (await limiter.join(exchange, "", 1, 9, LONG)) order.push(index);
      giveBackAll(exchange);
    });
    giveBackAll(inside);
    await Promise.all(turns);
    expect(order).toEqual([0, 1, 2, 3]);
    expect(table.total()).toEqual({ inside: 0, waiting: 0 });
  });

  it("loses nothing to a thread that dies: neither its places nor the turns of others", async () => {
    const { table, each } = made(2);
    const [dying, living] = each.map((thread) => thread.limiter("x", "deny"));
    expect(dying!.enter(new FakeExchange(), "", 1)).toBe(true);
    void dying!.join(new FakeExchange(), "", 1, 9, LONG);
    const turn = living!.join(new FakeExchange(), "", 1, 9, LONG);
    table.release(0);
    expect(await Promise.race([turn])).toBe(true);
    expect(table.total()).toEqual({ inside: 1, waiting: 0 });
  });

  it("gives places of the table to other keys, refuses or lets pass what finds none", () => {
    const { each } = made();
    const strict = each[0]!.limiter("x", "deny");
    const kind = each[0]!.limiter("y", "allow");
    for (let round = 0; round < 3; round++) {
      const exchanges = Array.from({ length: 64 }, () => new FakeExchange());
      const entered = exchanges.filter((exchange, index) => strict.enter(exchange, `${round} ${index}`, 1));
      expect(entered.length).toBe(64);
      expect([strict.enter(new FakeExchange(), "more", 1), kind.enter(new FakeExchange(), "more", 1)]).toEqual([
        false,
        true,
      ]);
      for (const exchange of exchanges) giveBackAll(exchange);
    }
    expect(each[0]!.counts.get("x")!.full).toBe(3);
  });
});
