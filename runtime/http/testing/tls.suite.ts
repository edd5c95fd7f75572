/** TLS listeners: which certificate a client gets, which versions, sessions, and what becomes of those who do not speak TLS. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { type CertificateOptions, issue } from "../../../test/fakes/certificates.ts";
import type { Capabilities } from "../capabilities.ts";
import type { Exchange } from "../exchange.ts";
import type { ListenTls, ServedCertificate, Transport } from "../transport.ts";
import { serveWith } from "./served.ts";

const served = (
  subject: string,
  names: readonly string[],
  kind: CertificateOptions["kind"] = "ec",
): ServedCertificate => {
  const { certificate, key } = issue({ subject, names, kind });
  return { names, chain: certificate, key };
};
const FIRST = served("first", ["a.example", "*.wild.example"]);
const SECOND = served("second", ["b.example", "exact.wild.example"]);
const RSA = served("rsa", ["rsa.example"], "rsa");
const TLS: ListenTls = {
  certificates: [FIRST, SECOND],
  minimum: "1.2",
  refuseUnknown: false,
  ticketKeys: randomBytes(48),
};
const WANT = "GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n";

interface Told {
  readonly subject: string;
  readonly version: string | null;
  readonly alpn: string | false | null;
  readonly reused: boolean;
  readonly session: Buffer | undefined;
  readonly answer: string;
}

/** One request over a connection of its own; rejects where no handshake comes about. */
function ask(port: number, options: ConnectionOptions): Promise<Told> {
  return new Promise((resolve, reject) => {
    let session: Buffer | undefined;
    let answer = "";
    let told: Omit<Told, "session" | "answer"> | null = null;
    const socket: TLSSocket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options }, () => {
      const { subject } = socket.getPeerCertificate();
      const reused = socket.isSessionReused();
      told = { subject: String(subject?.CN ?? ""), version: socket.getProtocol(), alpn: socket.alpnProtocol, reused };
      socket.write(WANT);
    });
    socket.on("session", (ticket) => {
      session = ticket;
    });
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString("latin1");
    });
    socket.on("error", reject);
    socket.on("close", () => (told === null ? reject(new Error("closed")) : resolve({ ...told, session, answer })));
  });
}

/** Never with bytes of an answer. */
async function askInVain(port: number, options: ConnectionOptions): Promise<void> {
  await expect(ask(port, options)).rejects.toThrow();
}

export function tlsSuite(transport: Transport, can: Capabilities): void {
  const serve = serveWith(transport);
  const hello = (exchange: Exchange): void => exchange.respond(200, [], `secure: ${exchange.secure}`);

  describe("the certificate", () => {
    it.each<[string | undefined, string]>([
      ["a.example", "first"],
      ["b.example", "second"],
      ["any.wild.example", "first"],
      ["exact.wild.example", "second"],
      // Exactly one label stands for the star.
      ["two.any.wild.example", "first"],
      ["wild.example", "first"],
      ["unknown.example", "first"],
      ["x".repeat(63), "first"],
      ["*.wild.example", "first"],
      [undefined, "first"],
    ])("for %s: %s", async (servername, subject) => {
      const { port } = await serve(hello, { tls: TLS });
      const told = await ask(port, { servername });
      expect(told.subject).toBe(subject);
      expect(told.answer).toContain("secure: true");
    });

    it("a second wildcard is not taken for the first certificate's", async () => {
      const third = served("third", ["*.example"]);
      const { port } = await serve(hello, { tls: { ...TLS, certificates: [FIRST, third] } });
      const subjects = ["a.example", "c.example", "d.c.example"].map(async (servername) => {
        return (await ask(port, { servername })).subject;
      });
      expect(await Promise.all(subjects)).toEqual(["first", "third", "first"]);
    });

    it("with a key of another kind is chosen as well", async () => {
      const { port } = await serve(hello, { tls: { ...TLS, certificates: [FIRST, RSA] } });
      for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
        expect((await ask(port, { servername: "rsa.example", maxVersion })).subject).toBe("rsa");
        expect((await ask(port, { servername: "a.example", maxVersion })).subject).toBe("first");
        expect((await ask(port, { servername: "unknown.example", maxVersion })).subject).toBe("first");
      }
      if (can.mixedKeys) expect((await ask(port, {})).subject).toBe("first");
      else await askInVain(port, {});
    });

    it("in any spelling of the name, where the transport can", async () => {
      const { port } = await serve(hello, { tls: TLS });
      expect((await ask(port, { servername: "B.Example" })).subject).toBe(can.serverNameCase ? "second" : "first");
    });

    it("unknown names and none are refused where that is asked for, known ones served", async () => {
      const { port, begun } = await serve(hello, { tls: { ...TLS, refuseUnknown: true } });
      for (const servername of ["unknown.example", "two.any.wild.example", undefined])
        await askInVain(port, { servername });
      expect(begun).toHaveLength(0);
      const subjects = ["a.example", "any.wild.example", "b.example"].map(async (servername) => {
        return (await ask(port, { servername })).subject;
      });
      expect(await Promise.all(subjects)).toEqual(["first", "first", "second"]);
    });
  });

  describe("the protocol", () => {
    it.each(["TLSv1.2", "TLSv1.3"] as const)("%s, with forward secrecy", async (version) => {
      const { port } = await serve(hello, { tls: { ...TLS, certificates: [FIRST, RSA] } });
      for (const servername of ["a.example", "rsa.example"]) {
        const told = await ask(port, { servername, minVersion: version, maxVersion: version });
        expect(told.version).toBe(version);
        expect(told.answer).toMatch(/^HTTP\/1\.1 200 /);
      }
    });

    it.each<[string, ConnectionOptions]>([
      ["TLS 1.1", { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }],
      ["no forward secrecy", { maxVersion: "TLSv1.2", ciphers: "AES128-GCM-SHA256" }],
      ["CBC", { maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES128-SHA" }],
    ])("no %s", async (_what, options) => {
      const { port } = await serve(hello, { tls: { ...TLS, certificates: [FIRST, RSA] } });
      for (const servername of ["a.example", "rsa.example"]) await askInVain(port, { servername, ...options });
    });

    it("no TLS 1.2 where 1.3 is the minimum, for no name", async () => {
      const { port } = await serve(hello, { tls: { ...TLS, minimum: "1.3" } });
      for (const servername of ["a.example", "b.example", undefined]) {
        await askInVain(port, { servername, maxVersion: "TLSv1.2" });
        expect((await ask(port, { servername })).version).toBe("TLSv1.3");
      }
    });

    it("HTTP/1.1 is what is agreed on", async () => {
      const { port } = await serve(hello, { tls: TLS });
      const told = await ask(port, { servername: "b.example", ALPNProtocols: ["h2", "http/1.1"] });
      expect(told.alpn).toBe(can.alpn ? "http/1.1" : false);
      expect(told.answer).toMatch(/^HTTP\/1\.1 200 /);
      if (can.alpn) await askInVain(port, { servername: "b.example", ALPNProtocols: ["h2"] });
    });

    it.each(["TLSv1.2", "TLSv1.3"] as const)("a session is taken up again: %s", async (maxVersion) => {
      const { port } = await serve(hello, { tls: TLS });
      const options = { servername: "b.example", maxVersion };
      const { session } = await ask(port, options);
      expect(session).toBeDefined();
      const again = await ask(port, { ...options, ...(session !== undefined && { session }) });
      expect(again.reused).toBe(true);
      expect(again.answer).toContain("secure: true");
    });

    it.runIf(can.sharedSessions)("a session is taken up again by another listener with the same keys", async () => {
      const [one, other] = [await serve(hello, { tls: TLS }), await serve(hello, { tls: TLS })];
      const { session } = await ask(one.port, { servername: "a.example" });
      const again = await ask(other.port, { servername: "a.example", ...(session !== undefined && { session }) });
      expect(again.reused).toBe(true);
    });
  });

  describe("other clients", () => {
    it("who speaks clear text is closed without an answer, and nobody else notices", async () => {
      const { port, begun } = await serve(hello, { tls: TLS });
      const socket = connectTcp(port, "127.0.0.1");
      socket.on("error", () => {});
      let answer = "";
      socket.on("data", (chunk: Buffer) => {
        answer += chunk.toString("latin1");
      });
      socket.write(WANT);
      await once(socket, "close");
      expect(answer).not.toContain("HTTP/");
      expect(begun).toHaveLength(0);
      expect((await ask(port, { servername: "a.example" })).answer).toMatch(/^HTTP\/1\.1 200 /);
    });

    it("a handshake that is never finished ends, on the strict transport after the time for a head", async () => {
      const { port, listener } = await serve(hello, { tls: TLS, limits: can.limits.head ? { head: 300 } : {} });
      const socket = connectTcp(port, "127.0.0.1");
      socket.on("error", () => {});
      // The beginning of a record that says there is more.
      socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]));
      socket.resume();
      await once(socket, "close");
      if (listener.connections !== null) await expect.poll(() => listener.connections).toBe(0);
    }, 20_000);

    it("renegotiation is not offered", async () => {
      const { port } = await serve(hello, { tls: TLS });
      const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, maxVersion: "TLSv1.2" });
      socket.on("error", () => {});
      await once(socket, "secureConnect");
      const renegotiated = await new Promise((resolve) => {
        socket.on("close", () => resolve(false));
        socket.renegotiate({}, (error) => resolve(error === null));
      });
      socket.destroy();
      expect(renegotiated).toBe(false);
    });

    it("many broken handshakes leave nothing behind", async () => {
      const { port, listener, begun } = await serve(hello, { tls: TLS });
      for (let round = 0; round < 20; round++) {
        const closed = Array.from({ length: 20 }, async (_, index) => {
          const socket = connectTcp(port, "127.0.0.1");
          socket.on("error", () => {});
          socket.resume();
          await once(socket, "connect");
          if (index % 2 === 0) socket.end(randomBytes(300));
          else socket.destroy();
          if (!socket.closed) await once(socket, "close");
        });
        await Promise.all(closed);
      }
      expect(begun).toHaveLength(0);
      if (listener.connections !== null) await expect.poll(() => listener.connections).toBe(0);
      expect((await ask(port, { servername: "b.example" })).subject).toBe("second");
    });

    it("closing the listener ends connections within their handshake", async () => {
      const { port, listener } = await serve(hello, { tls: TLS });
      const socket = connectTcp(port, "127.0.0.1");
      socket.on("error", () => {});
      socket.resume();
      await once(socket, "connect");
      socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]));
      // Accepted for sure once a later connection has been served.
      await ask(port, { servername: "a.example" });
      const closed = once(socket, "close");
      await listener.close();
      await closed;
    });
  });

  it("long answers and bodies pass whole, on one connection", async () => {
    const { port } = await serve(
      (exchange) => {
        let length = 0;
        exchange.body.consume({
          chunk: (bytes) => {
            length += bytes.length;
          },
          end: () => exchange.respond(200, [], `${length} `.padEnd(300_000, "y")),
          fail: () => exchange.cut(),
        });
      },
      { tls: TLS },
    );
    const socket = connect({ host: "127.0.0.1", port, servername: "b.example", rejectUnauthorized: false });
    await once(socket, "secureConnect");
    let received = 0;
    let text = "";
    const whole = new Promise<void>((resolve) => {
      socket.on("data", (chunk: Buffer) => {
        text += chunk.toString("latin1");
        received += chunk.length;
        if (received > 300_000) resolve();
      });
    });
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n`);
    socket.write("x".repeat(500_000));
    await whole;
    expect(text).toContain("\r\n\r\n500000 ");
    socket.destroy();
  });
}
