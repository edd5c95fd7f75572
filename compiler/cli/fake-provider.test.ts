import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { startFakeProvider } from "../../runtime/model/fake/index.ts";
import { runFakeProvider } from "./fake-provider.ts";
import { CommandError, exit } from "./output.ts";

async function failure(
  dialect: string | undefined,
  options: Parameters<typeof runFakeProvider>[1],
): Promise<CommandError> {
  const error: unknown = await runFakeProvider(dialect, options).catch((thrown: unknown) => thrown);
  if (!(error instanceof CommandError)) throw new Error("it did not fail");
  return error;
}

test.each([
  ["nope", { port: "0" }, "there is no dialect nope"],
  [undefined, { port: "x" }, "x is not a port"],
  [undefined, { port: "70000" }, "70000 is not a port"],
  [undefined, { port: "0", switches: "foo" }, 'The fake provider knows no "foo"'],
])("%s %j is wrong usage", async (dialect, options, message) => {
  const error = await failure(dialect, options);
  expect(error.exitCode).toBe(exit.usage);
  expect(error.message).toContain(message);
});

test("a port that is taken is the environment's failure", async () => {
  const taken = await startFakeProvider({ dialects: [], switches: {}, port: 0 });
  const error = await failure(undefined, { port: String(taken.port) });
  expect(error.exitCode).toBe(exit.environment);
  await taken.close();
});

test("serves until it is interrupted, and says where as JSON", async () => {
  const printed: string[] = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  try {
    const before = new Set(process.listeners("SIGINT"));
    const ended = runFakeProvider("ollama", { port: "0", json: true, switches: "words=2" });
    await vi.waitFor(() => expect(printed).toHaveLength(1), 5000);
    const { origin, dialects } = JSON.parse(printed[0] ?? "");
    expect(dialects).toEqual(["ollama"]);
    const body = JSON.stringify({ model: "any", messages: [{ role: "user", content: "Hi." }], stream: false });
    const response = await fetch(`${origin}/api/chat`, { method: "POST", body });
    expect(await response.json()).toMatchObject({ message: { content: "Lorem ipsum" } });
    for (const listener of process.listeners("SIGINT")) if (!before.has(listener)) listener("SIGINT");
    expect(await ended).toBe(exit.good);
  } finally {
    spy.mockRestore();
  }
});

test("a service account's key is written once, for this user alone, and used again; other files are left alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vgw-account-"));
  const file = join(folder, "account.json");
  const printed: string[] = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  try {
    for (let start = 0; start < 2; start++) {
      const before = new Set(process.listeners("SIGINT"));
      const ended = runFakeProvider("vertex", { port: "0", json: true, serviceAccount: file });
      await vi.waitFor(() => expect(printed).toHaveLength(start + 1), 5000);
      expect(JSON.parse(readFileSync(file, "utf8")).token_uri).toBe(`${JSON.parse(printed[start] ?? "").origin}/token`);
      for (const listener of process.listeners("SIGINT")) if (!before.has(listener)) listener("SIGINT");
      expect(await ended).toBe(exit.good);
    }
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const other = join(folder, "other.json");
    writeFileSync(other, '{"private_key":"somebody else\'s"}');
    const error = await failure("vertex", { port: "0", serviceAccount: other });
    expect([error.exitCode, readFileSync(other, "utf8")]).toEqual([
      exit.environment,
      '{"private_key":"somebody else\'s"}',
    ]);
  } finally {
    spy.mockRestore();
    rmSync(folder, { recursive: true });
  }
});
