/** Plays the client of each case: in order, or vanishing, stalling, cutting up, bursting, lying. */
import type { Disturbance, Plan } from "../fakes/fault-proxy.ts";
import { Random } from "../fakes/random.ts";
import type { Expectation } from "./answers.ts";
import { type Case, IDS } from "./case.ts";
import { ClientConnection } from "./client-connection.ts";
import { contentOf } from "./content.ts";
import { longestPause } from "./pauses.ts";
import { judgeAnswer, judgePart, judgeRefusal, type Verdict } from "./judge.ts";

export interface Gateway {
  readonly transport: "fast" | "strict";
  readonly port: number;
  /** A middle-man in front of it. */
  readonly harmed: number;
  /** What the middle-man does to the connection from this port. */
  readonly plans: Map<number, Plan>;
  /** Connections that were answered on and are open, for whoever comes next. */
  readonly kept: ClientConnection[];
  readonly seed: number;
  /** What may come of a request, as the upstream knows by now. */
  expectation(it: Case, id: number): Expectation;
}

export function play(gateway: Gateway, it: Case): Promise<Verdict> {
  const random = new Random(gateway.seed, it.index, 2);
  return PLAYS[it.client](gateway, it, random);
}

type Play = (gateway: Gateway, it: Case, random: Random) => Promise<Verdict>;

const NOTHING: Disturbance = {};
/** Milliseconds. The gateway closes what is idle after 5 s at the earliest (`program.ts`). */
const LONGEST_KEPT = 2000;
/** Milliseconds that this process may be kept waiting without missing the end of a connection. */
const LONGEST_PAUSE = 1000;
/**
 * Bytes at the end of a chunked upload without which it may count as whole: the fast transport takes what is little more than the last chunk's
 * size for the end (`Capabilities.strictChunks`).
 */
const SPARE = 5;
const GREETING = "Host: faults.example\r\n";
const NAMED = `${GREETING}X-Client: CLIENT\r\n`;

function headOf(it: Case, id: number, more = ""): string {
  const framing =
    it.upload === null ? "" : it.chunkedUpload ? "Transfer-Encoding: chunked\r\n" : `Content-Length: ${it.upload}\r\n`;
  return `${it.method} /${it.service}/${id} HTTP/1.1\r\n${GREETING}X-Client: ${id}\r\n${more}${framing}\r\n`;
}

function uploadOf(it: Case): Buffer {
  if (it.upload === null) return Buffer.alloc(0);
  const content = contentOf("upload", it.id, it.upload);
  if (!it.chunkedUpload) return content;
  const half = it.upload >> 1;
  const parts = [content.subarray(0, half), content.subarray(half)].filter(({ length }) => length > 0);
  return Buffer.concat([
    ...parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]),
    Buffer.from("0\r\n\r\n"),
  ]);
}

function requestOf(it: Case, id = it.id): Buffer {
  return Buffer.concat([Buffer.from(headOf(it, id)), uploadOf(it)]);
}

function spareOf(gateway: Gateway, it: Case): number {
  return it.upload !== null && it.chunkedUpload && gateway.transport === "fast" ? SPARE : 0;
}

/** A new connection; ends with what is done on it. */
async function alone(port: number, work: (connection: ClientConnection) => Promise<Verdict>): Promise<Verdict> {
  const connection = await ClientConnection.open(port);
  try {
    const verdict = await work(connection);
    return connection.fault === null ? verdict : { ...verdict, violation: `no HTTP: ${connection.fault}` };
  } finally {
    connection.destroy();
  }
}

/** Through the middle-man. */
function through(
  gateway: Gateway,
  plan: Plan,
  work: (connection: ClientConnection) => Promise<Verdict>,
): Promise<Verdict> {
  return alone(gateway.harmed, async (connection) => {
    const port = connection.socket.localPort ?? 0;
    gateway.plans.set(port, plan);
    try {
      return await work(connection);
    } finally {
      gateway.plans.delete(port);
    }
  });
}

/** A kept connection that has not been idle for so long that the gateway may be closing it. */
function fresh(kept: ClientConnection[]): ClientConnection | null {
  for (let connection = kept.pop(); connection !== undefined; connection = kept.pop()) {
    if (!connection.closed && performance.now() - connection.usedAt < LONGEST_KEPT) return connection;
    connection.destroy();
  }
  return null;
}

async function answered(gateway: Gateway, it: Case, connection: ClientConnection): Promise<Verdict> {
  const answer = await connection.next();
  return judgeAnswer(it, it.id, gateway.expectation(it, it.id), answer);
}

const PLAYS: { readonly [name in Case["client"]]: Play } = {
  async none(gateway, it) {
    const connection = fresh(gateway.kept) ?? (await ClientConnection.open(gateway.port));
    connection.send(requestOf(it), it.method);
    const { usedAt, usedBy } = connection;
    const reused = usedAt > 0;
    const from = performance.now();
    const answer = await connection.next();
    // This process was kept waiting for so long that the gateway had ended the connection as idle.
    if (answer === null && reused && connection.closed && longestPause(from - LONGEST_KEPT) > LONGEST_PAUSE) {
      return { outcome: "left", violation: null };
    }
    let verdict = judgeAnswer(it, it.id, gateway.expectation(it, it.id), answer);
    if (verdict.violation !== null && answer === null) {
      const before = usedBy === null ? "new" : `kept after case ${usedBy}, idle for ${(from - usedAt).toFixed(1)} ms`;
      const after = `ended ${connection.ending} after ${(performance.now() - from).toFixed(1)} ms`;
      verdict = { ...verdict, violation: `${verdict.violation} on a connection that was ${before} and ${after}` };
    }
    connection.usedBy = it.index;
    // An answer that ends before its upload does is the connection's last, and where it streams its head cannot say so.
    const ended = it.chunkedUpload || it.answer === "early" || answer?.fields.get("connection") === "close";
    const lasts = answer?.whole === true && !ended;
    if (lasts && !connection.closed && connection.fault === null) gateway.kept.push(connection);
    else connection.destroy();
    if (connection.fault !== null) return { ...verdict, violation: `no HTTP: ${connection.fault}` };
    return verdict;
  },

  disturbed: (gateway, it, random) =>
    through(gateway, { toTarget: harmless(random), toClient: harmless(random) }, (connection) => {
      connection.send(requestOf(it), it.method);
      return answered(gateway, it, connection);
    }),

  severed(gateway, it, random) {
    const request = requestOf(it);
    const toTarget = random.chance(0.5);
    const at = random.below(toTarget ? request.length - spareOf(gateway, it) : 300 + it.size);
    const stop = { stop: { at, how: random.pick(["half", "reset", "swallow"] as const) } };
    const plan = toTarget ? { toTarget: stop, toClient: NOTHING } : { toTarget: NOTHING, toClient: stop };
    return through(gateway, plan, async (connection) => {
      connection.send(request, it.method);
      // What is swallowed is waited for by nobody.
      setTimeout(() => connection.destroy(), random.between(20, 200));
      const answer = await connection.next();
      const early = it.answer === "early" && answer?.status === 200;
      return toTarget && answer !== null && !early ? judgeRefusal(answer) : judgePart(it, it.id, answer);
    });
  },

  "partial-head": (gateway, it, random) =>
    alone(gateway.port, async (connection) => {
      const head = headOf(it, it.id);
      connection.send(head.slice(0, random.between(1, head.length - 1)));
      await leave(connection, random);
      return judgeRefusal(await connection.next());
    }),

  "partial-body": (gateway, it, random) =>
    alone(gateway.port, async (connection) => {
      const request = requestOf(it);
      const spare = spareOf(gateway, it);
      const most = request.length - headOf(it, it.id).length;
      if (most <= spare) return { outcome: "left", violation: null };
      const missing = random.between(spare + 1, most);
      connection.send(request.subarray(0, request.length - missing), it.method);
      await leave(connection, random);
      const answer = await connection.next();
      return it.answer === "early" && answer?.status === 200 ? judgePart(it, it.id, answer) : judgeRefusal(answer);
    }),

  "leaves-early": (gateway, it, random) =>
    alone(gateway.port, async (connection) => {
      connection.send(requestOf(it), it.method);
      await pause(random.below(30));
      connection.socket.resetAndDestroy();
      return judgePart(it, it.id, await connection.next());
    }),

  "leaves-midway": (gateway, it, random) =>
    alone(gateway.port, async (connection) => {
      connection.send(requestOf(it), it.method);
      await connection.some(random.below(it.size + 1));
      if (random.chance(0.5)) connection.socket.resetAndDestroy();
      else connection.destroy();
      return judgePart(it, it.id, await connection.next());
    }),

  "never-reads": (gateway, it, random) =>
    alone(gateway.port, async (connection) => {
      connection.socket.pause();
      connection.send(requestOf(it), it.method);
      await pause(random.between(20, 300));
      connection.destroy();
      return judgePart(it, it.id, await connection.next());
    }),

  "reads-late": (gateway, it, random) =>
    alone(gateway.port, async (connection) => {
      connection.socket.pause();
      connection.send(requestOf(it), it.method);
      await pause(random.between(20, 200));
      connection.socket.resume();
      return answered(gateway, it, connection);
    }),

  burst: (gateway, it, random) =>
    alone(gateway.port, async (connection) => {
      const many = random.between(2, IDS);
      const ids = Array.from({ length: many }, (_, index) => it.id + index);
      connection.send(Buffer.concat(ids.map((id) => requestOf(it, id))), ...ids.map(() => it.method));
      for (const id of ids) {
        const answer = await connection.next();
        // The fast transport closes when one comes while another is under way (`Capabilities.pipelining`).
        if (gateway.transport === "fast" && (answer === null || !answer.whole) && connection.closed)
          return judgePart(it, id, answer);
        const verdict = judgeAnswer(it, id, gateway.expectation(it, id), answer);
        if (verdict.violation !== null || verdict.outcome === "cut") return verdict;
        if (answer?.fields.get("connection") === "close") return verdict;
      }
      return { outcome: "right", violation: null };
    }),

  async pack(gateway, it) {
    const verdicts = await Promise.all(
      Array.from({ length: it.members }, (_, member) => {
        const random = new Random(gateway.seed, it.index, 4, member);
        const id = it.id + member;
        return alone(gateway.port, async (connection) => {
          connection.send(requestOf(it, id), it.method);
          if (random.chance(0.1)) {
            await pause(random.below(40));
            connection.destroy();
            return { ...judgePart(it, id, await connection.next()), id };
          }
          const answer = await connection.next();
          return { ...judgeAnswer(it, id, gateway.expectation(it, id), answer), id };
        });
      }),
    );
    return verdicts.find(({ violation }) => violation !== null) ?? verdicts[it.culprit]!;
  },

  garbage: (gateway, _it, random) =>
    alone(gateway.port, async (connection) => {
      const bytes = Buffer.from(Array.from({ length: random.between(1, 400) }, () => random.below(256)));
      connection.send(Buffer.concat([bytes, Buffer.from("\r\n\r\n")]), "GET");
      connection.socket.end();
      return judgeRefusal(await connection.next());
    }),

  framing: (gateway, it, random) =>
    alone(gateway.port, async (connection) => {
      const request = random
        .pick(BROKEN)
        .replaceAll("PATH", `/${it.service}/${it.id}`)
        .replaceAll("CLIENT", String(it.id));
      connection.send(request, "POST");
      connection.socket.end();
      return judgeRefusal(await connection.next());
    }),

  endless: (gateway, it, random) =>
    alone(gateway.port, async (connection) => {
      const piece = random.pick([`X-A: ${"x".repeat(500)}\r\n`, "x".repeat(500)]);
      connection.send(`GET /${it.service}/${it.id}`, "GET");
      connection.send(piece.startsWith("X") ? ` HTTP/1.1\r\n${GREETING}` : "");
      for (let sent = 0; sent < 400_000 && !connection.closed && connection.socket.writable; sent += 5000) {
        connection.send(piece.repeat(10));
        await pause(0);
      }
      connection.socket.end();
      return judgeRefusal(await connection.next());
    }),

  "half-close": (gateway, it) =>
    alone(gateway.port, async (connection) => {
      connection.send(requestOf(it), it.method);
      connection.socket.end();
      const answer = await connection.next();
      // Both transports take the end of one half for the end of both, as nginx does.
      if (answer === null || !answer.whole) return judgePart(it, it.id, answer);
      return judgeAnswer(it, it.id, gateway.expectation(it, it.id), answer);
    }),

  "slow-body": (gateway, it, random) =>
    alone(gateway.port, async (connection) => {
      const request = requestOf(it);
      const head = headOf(it, it.id).length;
      connection.send(request.subarray(0, head), it.method);
      const pieces = random.between(1, 8);
      const step = Math.ceil((request.length - head) / pieces);
      for (let at = head; at < request.length; at += step) {
        await pause(random.between(1, 40));
        connection.send(request.subarray(at, at + step));
      }
      return answered(gateway, it, connection);
    }),

  idle: (gateway, _it, random) =>
    alone(gateway.port, async (connection) => {
      await leave(connection, random);
      return judgeRefusal(await connection.next());
    }),
};

/** What changes no byte and ends nothing. */
function harmless(random: Random): Disturbance {
  const stall = random.chance(0.3) ? { stall: { at: random.below(400), milliseconds: random.between(1, 60) } } : {};
  // Not so much delay that the gateway's limit on a head is reached.
  const pieces = random.pick(["whole", "bytes", "pieces", "gather"] as const);
  return {
    pieces,
    size: random.between(20, 2000),
    latency: pieces === "whole" && random.chance(0.5) ? 5 : 0,
    ...stall,
  };
}

/** Ends or resets its side after a while; now and then stays until the gateway has had enough. */
async function leave(connection: ClientConnection, random: Random): Promise<void> {
  await pause(random.below(40));
  const how = random.weighed([
    ["end", 50],
    ["reset", 50],
    ["stay", 1],
  ] as const);
  if (how === "end") connection.socket.end();
  else if (how === "reset") connection.socket.resetAndDestroy();
}

/** Framing that two readers could read in two ways (RFC 9112 §6). */
const BROKEN = [
  `POST PATH HTTP/1.1\r\n${NAMED}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  `POST PATH HTTP/1.1\r\n${NAMED}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`,
  `POST PATH HTTP/1.1\r\n${NAMED}Content-Length: +5\r\n\r\nhello`,
  `POST PATH HTTP/1.1\r\n${NAMED}Content-Length: -1\r\n\r\n`,
  `POST PATH HTTP/1.1\r\n${NAMED}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  `POST PATH HTTP/1.1\r\n${NAMED}Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`,
  `POST PATH HTTP/1.1\r\n${NAMED}Content-Length: 1000\r\n\r\nshort`,
  "GET PATH HTTP/1.1\r\n\r\n",
  `GET PATH HTTP/1.1\r\n${NAMED}${GREETING}\r\n`.replace("faults.example\r\n\r\n", "other.example\r\n\r\n"),
  `GET PATH HTTP/1.1\r\n${NAMED}X-A : b\r\n\r\n`,
  `GET PATH HTTP/9.9\r\n${NAMED}\r\n`,
  `GET PATH/../../x%zz HTTP/1.1\r\n${NAMED}\r\n`,
];

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
