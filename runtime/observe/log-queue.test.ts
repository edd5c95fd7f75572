import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { descriptorOutput } from "./log-output.ts";
import { LogQueue } from "./log-queue.ts";

/** An output that takes a batch only when the test says so. */
class Slow {
  readonly batches: string[] = [];
  #done: (() => void) | null = null;

  readonly output = (text: string, done: () => void): void => {
    this.batches.push(text);
    this.#done = done;
  };

  take(): void {
    const done = this.#done;
    this.#done = null;
    done?.();
  }
}

it("writes nothing within the caller's turn", () => {
  const slow = new Slow();
  const queue = new LogQueue({ output: slow.output });
  queue.write("a\n");
  expect(slow.batches).toEqual([]);
});

it("writes lines together, in order, one batch at a time", async () => {
  const slow = new Slow();
  const queue = new LogQueue({ output: slow.output });
  queue.write("a\n");
  queue.write("b\n");
  const closed = queue.close();
  expect(slow.batches).toEqual(["a\nb\n"]);
  queue.write("c\n");
  queue.write("d\n");
  expect(slow.batches).toHaveLength(1);
  slow.take();
  expect(slow.batches).toEqual(["a\nb\n", "c\nd\n"]);
  slow.take();
  await closed;
});

it("stays bounded, counts what it drops, and says so when it can", async () => {
  const slow = new Slow();
  const queue = new LogQueue({ output: slow.output, limit: 100, now: () => 0 });
  queue.write("first\n");
  const closed = queue.close();
  for (let count = 0; count < 50; count++) queue.write("ten bytes\n");
  expect(queue.dropped).toBe(40);
  slow.take();
  const [, second = ""] = slow.batches;
  expect(second.split("\n").slice(0, 10)).toEqual(Array(10).fill("ten bytes"));
  expect(JSON.parse(second.split("\n")[10]!)).toMatchObject({ level: "warn", event: "log.dropped", lines: 40 });
  queue.write("after\n");
  slow.take();
  expect(slow.batches[2]).toBe("after\n");
  slow.take();
  await closed;
  expect(queue.dropped).toBe(40);
});

it("writes whole batches to a descriptor", async () => {
  const path = join(tmpdir(), `vgw-log-${process.pid}.txt`);
  const descriptor = openSync(path, "w");
  const queue = new LogQueue({ output: descriptorOutput(descriptor) });
  const lines = Array.from({ length: 5000 }, (_, index) => `line ${index} €\n`);
  for (const line of lines) queue.write(line);
  await queue.close();
  closeSync(descriptor);
  expect(readFileSync(path, "utf8")).toBe(lines.join(""));
  rmSync(path);
});

it("does not stop a process whose reader stops reading", async () => {
  const program = `
    import { LogQueue } from ${JSON.stringify(new URL("log-queue.ts", import.meta.url).href)};
    import { descriptorOutput } from ${JSON.stringify(new URL("log-output.ts", import.meta.url).href)};
    const queue = new LogQueue({ output: descriptorOutput(1), limit: 1000000 });
    for (let count = 0; count < 50000; count++) queue.write("x".repeat(99) + "\\n");
    setTimeout(() => {
      for (let count = 0; count < 50000; count++) queue.write("y".repeat(99) + "\\n");
      process.stderr.write(JSON.stringify({ alive: true, dropped: queue.dropped > 0 }), () => process.kill(process.pid, "SIGKILL"));
    }, 100);`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Nobody reads its standard output.
  const [said] = (await once(child.stderr, "data")) as [Buffer];
  expect(JSON.parse(said.toString())).toEqual({ alive: true, dropped: true });
  child.kill("SIGKILL");
  child.stdout.destroy();
});
