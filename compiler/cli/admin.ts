/** How `vgw deploy`, `vgw rollback` and `vgw status` talk to the admin listener of a running gateway. */
import { z } from "zod";
import { parseAdminUrl, readToken } from "./admin-address.ts";
import { AdminError, notAdmin, notServing, refused, unanswered } from "./admin-error.ts";
import { printJson } from "./output.ts";

export interface AdminOptions {
  /** URL of the admin listener. */
  readonly admin: string;
  /** A file that holds the token; without it the token is VGW_ADMIN_TOKEN. */
  readonly tokenFile?: string;
  readonly json?: boolean;
}

/** Milliseconds. A swap compiles and warms the bundle on every thread, and waits for the swaps before it. */
const LOOK_LIMIT = 10_000;
const CHANGE_LIMIT = 60_000;
/** Milliseconds between two looks while a generation is waited for. */
const POLL = 50;

const GENERATION = z.object({ id: z.int(), hash: z.string(), since: z.string() });
export type Generation = z.infer<typeof GENERATION>;

/** What the commands read of `/status`; the rest is passed on by `--json`. */
const STATUS = z.looseObject({
  name: z.string(),
  state: z.enum(["serving", "draining"]),
  uptime: z.number(),
  node: z.string(),
  generations: z.looseObject({
    serving: GENERATION.extend({ inFlight: z.int() }),
    previous: GENERATION.nullable(),
    draining: z.array(z.object({ id: z.int(), inFlight: z.int() })),
  }),
  threads: z.array(z.unknown()),
  listeners: z.array(z.object({ address: z.string(), port: z.int(), transport: z.string() })),
  transports: z.record(z.string(), z.string()),
  warnings: z.array(z.string()),
  silent: z.array(z.number()).default([]),
});
export type Status = z.infer<typeof STATUS>;

const CHANGED = z.object({ generation: GENERATION });
const PROBLEM = z.object({ code: z.string(), detail: z.string(), problems: z.array(z.string()).default([]) });

export interface AdminClient {
  readonly url: string;
  status(): Promise<Status>;
  /** Resolves when `/status` shows the generation that the call led to. */
  change(path: "/generations" | "/rollback", body?: object): Promise<{ generation: Generation; status: Status }>;
}

/** Runs a command against the admin listener; with `--json` a failure is a document too. Gives the exit code. */
export async function withAdmin(options: AdminOptions, run: (client: AdminClient) => Promise<number>): Promise<number> {
  try {
    return await run(createClient(parseAdminUrl(options.admin), readToken(options.tokenFile)));
  } catch (error) {
    if (!options.json || !(error instanceof AdminError)) throw error;
    const { code, summary, problems, help } = error;
    printJson({ error: { code, message: summary, problems, help } });
    return error.exitCode;
  }
}

function createClient(url: string, token: string | null): AdminClient {
  const call = async <T>(method: "GET" | "POST", path: string, schema: z.ZodType<T>, body?: object): Promise<T> => {
    const { status, value } = await send({ url, token, method, path, body });
    if (status === 200) {
      const answer = schema.safeParse(value);
      if (answer.success) return answer.data;
    } else {
      const problem = PROBLEM.safeParse(value);
      if (problem.success) throw refused(url, token !== null, problem.data);
    }
    throw notAdmin(url, path, status);
  };
  const status = (): Promise<Status> => call("GET", "/status", STATUS);
  return {
    url,
    status,
    async change(path, body) {
      const { generation } = await call("POST", path, CHANGED, body);
      const end = performance.now() + LOOK_LIMIT;
      while (performance.now() < end) {
        const now = await status();
        // A later one means that somebody swapped again meanwhile: this one did serve.
        if (now.generations.serving.id >= generation.id) return { generation, status: now };
        await new Promise((resolve) => setTimeout(resolve, POLL));
      }
      throw notServing(generation.id);
    },
  };
}

interface Call {
  readonly url: string;
  readonly token: string | null;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body: object | undefined;
}

/** `value` is null where the answer is not JSON. */
async function send({ url, token, method, path, body }: Call): Promise<{ status: number; value: unknown }> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      // Who runs the command decides where the token goes, not an answer.
      redirect: "manual",
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      signal: AbortSignal.timeout(method === "GET" ? LOOK_LIMIT : CHANGE_LIMIT),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    throw unanswered(url, method === "POST", error);
  }
  try {
    return { status, value: JSON.parse(text) };
  } catch {
    return { status, value: null };
  }
}

/** As much of a hash as tells two builds apart. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

/** "; 3 requests end on generation 1", or nothing. */
export function stillDraining(status: Status): string {
  return status.generations.draining
    .filter(({ inFlight }) => inFlight > 0)
    .map(({ id, inFlight }) => `; ${inFlight} in flight end on generation ${id}`)
    .join("");
}
