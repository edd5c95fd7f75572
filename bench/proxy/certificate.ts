/** The one certificate that every proxy shows when it terminates TLS: ECDSA on P-256, made anew for each run; and the suites that it may use. */
import { chmodSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { issue } from "../../test/fakes/certificates.ts";
import { CIPHERS } from "../../runtime/http/ciphers.ts";
import { type Place, writeFiles } from "./contender.ts";

export { CIPHERS };

const ISSUED = issue({ names: ["127.0.0.1", "bench.example"] });

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  /** Both in one file. */
  readonly both: string;
}

export function certificateFiles(place: Place): CertificateFiles {
  const { certificate, key } = ISSUED;
  const folder = writeFiles(place, { "cert.pem": certificate, "key.pem": key, "both.pem": certificate + key });
  const path = (name: string): string => join(folder, name);
  for (const name of ["key.pem", "both.pem"]) chmodSync(path(name), 0o600);
  return { certificate: path("cert.pem"), key: path("key.pem"), both: path("both.pem") };
}

/** Status and body, from whoever shows the certificate. */
export function ask(url: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    request(url, { ca: ISSUED.certificate, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .on("error", reject)
      .end();
  });
}
