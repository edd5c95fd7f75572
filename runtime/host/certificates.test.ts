/** Certificates as a start reads them: what a folder may hold, what is refused and how, and that nothing secret is said. */
import { createPrivateKey } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CertificateOptions, issue } from "../../test/fakes/certificates.ts";
import type { CertificateConfiguration, ListenConfiguration, ServiceConfiguration } from "../abi.ts";
import { StartError } from "../start-error.ts";
import { readListeners, type ReadListeners } from "./certificates.ts";
import { readServiceTls } from "./service-tls.ts";
import { TEST_SERVICE } from "./testing/bundle.ts";

const DAY = 86_400_000;
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vgw-certificates-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), mode);
}

function putPair(stem: string, options: CertificateOptions = {}): void {
  const { certificate, key } = issue({ names: [`${stem.split("/").at(-1)}.example`], ...options });
  put(`${stem}.pem`, certificate, 0o644);
  put(`${stem}.key`, key);
}

function listener(certificates: readonly CertificateConfiguration[]): ListenConfiguration {
  const tls = { certificates, minimum: "1.2", unknown: "default" } as const;
  return { address: "127.0.0.1", port: 8443, transport: "strict", tls };
}

function read(...certificates: CertificateConfiguration[]): ReadListeners {
  return readListeners([listener(certificates)], folder, Date.now());
}

const names = ({ listeners }: ReadListeners): string[][] =>
  (listeners[0]?.tls?.certificates ?? []).map((one) => [...one.names]);

const pair = (certificate = "a.pem", key = "a.key", passphrase: string | null = null): CertificateConfiguration => ({
  certificate: { file: certificate },
  key: { file: key },
  passphrase,
});

const PAIR = { certificate: { file: "a.pem" }, key: { file: "a.key" }, passphrase: null };

function refusal(work: () => unknown): StartError {
  try {
    work();
  } catch (error) {
    if (error instanceof StartError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("a folder", () => {
  it("holds pairs side by side and in folders of their own, the default first, the rest by name", () => {
    for (const stem of ["certs/shop", "certs/default", "certs/a"]) putPair(stem);
    const { certificate, key } = issue({ names: ["certbot.example", "*.certbot.example"] });
    put("certs/b/fullchain.pem", certificate);
    put("certs/b/privkey.pem", key);
    put("certs/README", "other files are left alone");
    put("certs/.hidden.pem", "so are these");
    mkdirSync(join(folder, "certs/empty"));
    expect(names(read({ folder: "certs" }))).toEqual([
      ["default.example"],
      ["a.example"],
      ["certbot.example", "*.certbot.example"],
      ["shop.example"],
    ]);
  });

  it("may be called .crt, and lie anywhere", () => {
    const { certificate, key } = issue({ names: ["TLS.example"] });
    put("secret/tls.crt", certificate);
    put("secret/tls.key", key, 0o640);
    expect(names(read({ folder: join(folder, "secret") }))).toEqual([["tls.example"]]);
  });

  it.each<[string, () => void, string]>([
    ["is not there", () => {}, "the folder certs is not there"],
    ["is a file", () => put("certs", ""), "certs is not a folder"],
    ["is empty", () => mkdirSync(join(folder, "certs")), "certs holds no certificates"],
    ["has a certificate without a key", () => put("certs/a.pem", ""), "certs/a.pem has no key a.key beside it"],
    ["has a key without a certificate", () => put("certs/a.key", ""), "certs/a.key has no certificate a.pem or a.crt"],
    [
      "has two of one name",
      () => {
        putPair("certs/a");
        put("certs/a.crt", "");
      },
      "certs holds two certificates called a",
    ],
  ])("that %s", (_what, prepare, problem) => {
    prepare();
    const error = refusal(() => read({ folder: "certs" }));
    expect(error.code).toBe("start-certificate");
    expect(error.problems.join()).toContain(problem);
  });
});

describe("a pair", () => {
  it("with what stands between it and its authority is served as a chain", () => {
    const authority = issue({ subject: "authority", authority: true });
    const { certificate, key } = issue({ names: ["a.example"], issuer: authority });
    put("a.pem", `the first\n${certificate}and the second\n${authority.certificate}`);
    put("a.key", key);
    const chain = read(pair()).listeners[0]?.tls?.certificates[0]?.chain;
    expect(chain?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(chain).not.toContain("first");
  });

  it("may have an encrypted key, or one of the environment", () => {
    const { certificate, key } = issue({ names: ["a.example"] });
    const encrypted = createPrivateKey(key)
      .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "open" })
      .toString();
    put("a.pem", certificate);
    put("a.key", encrypted);
    const served = [
      read(pair("a.pem", "a.key", "open")),
      read({ certificate: { file: "a.pem" }, key: { text: key }, passphrase: null }),
    ];
    for (const one of served) expect(one.listeners[0]?.tls?.certificates[0]?.key).toBe(key);
    for (const passphrase of [null, "wrong"]) {
      const { problems } = refusal(() => read(pair("a.pem", "a.key", passphrase)));
      expect(problems).toEqual([
        passphrase === null ? "a.key is encrypted: give its passphrase" : "a.key cannot be opened with its passphrase",
      ]);
    }
  });

  it.each<[string, () => void, string]>([
    ["no certificate", () => put("a.key", ""), "a.pem is not there (looked for at "],
    ["no key", () => rmSync(join(folder, "a.key")), "a.key is not there"],
    [
      "a folder in place of the key",
      () => {
        rmSync(join(folder, "a.key"));
        mkdirSync(join(folder, "a.key"), 0o700);
      },
      "a.key cannot be read (EISDIR)",
    ],
    ["no PEM", () => put("a.pem", "MIIB"), "a.pem holds no certificate in PEM form"],
    [
      "a broken certificate",
      () => put("a.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
      "a.pem holds a certificate that cannot be read",
    ],
    [
      "the certificate where the key should be",
      () => put("a.key", issue().certificate),
      "a.key holds no private key in PEM form",
    ],
    [
      "a broken key",
      () => put("a.key", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"),
      "a.key holds a key that cannot be read",
    ],
    [
      "another certificate's key",
      () => put("a.key", issue().key),
      "the key of a.key does not belong to the certificate of a.pem",
    ],
    [
      "a key that everybody may change",
      () => chmodSync(join(folder, "a.key"), 0o606),
      "a.key may be changed by everybody on this machine (mode 606)",
    ],
    ["a short RSA key", () => putPair("a", { kind: "rsa1024" }), "a.key holds a key of a kind that is not served"],
    ["an Ed25519 key", () => putPair("a", { kind: "ed25519" }), "a.key holds a key of a kind that is not served"],
    ["a file without end", () => put("a.pem", "x".repeat(1_100_000)), "a.pem is longer than 1 MiB"],
  ])("%s", (what, spoil, problem) => {
    putPair("a");
    if (what === "no certificate") rmSync(join(folder, "a.pem"));
    spoil();
    const error = refusal(() => read(pair()));
    expect(error.code).toBe("start-certificate");
    expect(error.problems).toHaveLength(1);
    expect(error.problems[0]).toContain(problem);
    expect(error.next).toContain("--files");
    expect(JSON.stringify([error.message, error.problems, error.next])).not.toContain("MII");
  });

  it("all problems of all listeners are told at once", () => {
    const certificates = [listener([pair(), { folder: "b" }]), listener([pair("c.pem", "c.key")])];
    expect(refusal(() => readListeners(certificates, folder, Date.now())).problems).toHaveLength(3);
  });
});

describe("what is served, and warned of", () => {
  it.each<[string, CertificateOptions, string]>([
    ["expired", { from: new Date(Date.now() - 3 * DAY), to: new Date(Date.now() - DAY) }, "expired on"],
    ["not valid yet", { from: new Date(Date.now() + DAY) }, "is not valid before"],
  ])("%s", (_what, options, warning) => {
    putPair("a", options);
    const { listeners, warnings } = read(pair());
    expect(listeners[0]?.tls?.certificates).toHaveLength(1);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(new RegExp(`^127.0.0.1:8443: the certificate of a.pem ${warning} 20`));
  });

  it("a key that everybody may read, as container platforms mount it", () => {
    putPair("a");
    chmodSync(join(folder, "a.key"), 0o644);
    expect(read(pair()).warnings.join()).toContain("a.key may be read by everybody on this machine (mode 644)");
  });

  it("a name twice, and a certificate that nobody gets", () => {
    putPair("a");
    putPair("b", { names: ["a.example", "b.example"] });
    putPair("c", { names: ["127.0.0.1"] });
    const { warnings } = read(pair(), pair("b.pem", "b.key"), pair("c.pem", "c.key"));
    expect(warnings).toEqual([
      "127.0.0.1:8443: a.example is served with the certificate of a.pem; that of b.pem is for the same name",
      "127.0.0.1:8443: the certificate of c.pem names no server, so nobody gets it",
    ]);
  });

  it("keys of two kinds on the strict transport", () => {
    putPair("a");
    putPair("b", { kind: "rsa" });
    expect(read(pair(), pair("b.pem", "b.key")).warnings.join()).toContain("RSA and ECDSA keys together");
  });
});

describe("services", () => {
  const service = (tls: ServiceConfiguration["tls"]): ServiceConfiguration => ({
    ...TEST_SERVICE,
    name: "api",
    endpoints: ["https://a"],
    tls,
  });

  it("hold the texts themselves, so that other certificates make another service", () => {
    putPair("a");
    const asked = service({ ca: { file: "a.pem" }, serverName: null, certificate: PAIR, minimum: "1.2" });
    const before = JSON.stringify(readServiceTls([asked], folder));
    expect(before).toBe(JSON.stringify(readServiceTls([asked], folder)));
    expect(before).not.toContain("a.key");
    putPair("a");
    expect(JSON.stringify(readServiceTls([asked], folder))).not.toBe(before);
  });

  it.each<[string, ServiceConfiguration["tls"], string]>([
    [
      "authorities",
      { ca: { file: "ca.pem" }, serverName: null, certificate: null, minimum: "1.2" },
      "api: ca.pem is not there",
    ],
    [
      "a key",
      {
        ca: null,
        serverName: null,
        certificate: { certificate: { file: "a.pem" }, key: { file: "b.key" }, passphrase: null },
        minimum: "1.2",
      },
      "api: the key of b.key does not belong",
    ],
  ])("are refused without their %s", (_what, tls, problem) => {
    putPair("a");
    putPair("b");
    const error = refusal(() => readServiceTls([service(tls)], folder));
    expect(error.code).toBe("start-certificate");
    expect(error.problems[0]).toContain(problem);
  });
});
