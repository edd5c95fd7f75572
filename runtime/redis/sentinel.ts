/** Asks a sentinel of Redis where the master is. */
import { withHost, withoutUser } from "./address.ts";
import type { CreateClient, Reply } from "./client.ts";

/**
 * The address of the master `name`, with user, password and database of `address`, which is a sentinel's. Rejects where the sentinel does not tell; `timeout` in milliseconds.
 * Sentinels are asked without a password, and with the one of Redis where they want one.
 */
export async function masterOf(name: string, address: string, create: CreateClient, timeout: number): Promise<string> {
  const sentinel = address.replace(/(?<=[^/])\/\d+$/, "");
  const question = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name];
  const told = await once(create, withoutUser(sentinel), timeout, question).catch((error: unknown) => {
    if (error instanceof Error && /^NOAUTH\b/.test(error.message)) return once(create, sentinel, timeout, question);
    throw error;
  });
  if (!Array.isArray(told) || told.length !== 2) throw new Error("the sentinel knows no master of this name");
  const [host, port] = told.map(String);
  return withHost(address, `${host?.includes(":") === true ? `[${host}]` : host}:${port}`);
}

/** One command over a connection of its own. */
async function once(
  create: CreateClient,
  address: string,
  timeout: number,
  command: readonly string[],
): Promise<Reply> {
  const client = create(address, timeout);
  const end = (): void => {
    try {
      client.destroy();
    } catch {
      // It was never open.
    }
  };
  let late: NodeJS.Timeout | undefined;
  const given = new Promise<never>((_, reject) => {
    client.on("error", reject);
    late = setTimeout(() => reject(new Error(`no answer of the sentinel within ${timeout} ms`)), timeout);
  });
  try {
    return await Promise.race([given, client.connect().then(() => client.sendCommand(command))]);
  } finally {
    clearTimeout(late);
    end();
  }
}
