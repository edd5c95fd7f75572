/**
 * What services need for https, read when a generation is prepared: from then on the configuration holds the texts themselves, so
 * that services with other certificates are other services, and their connections others.
 */
import { createSecureContext } from "node:tls";
import type { ServiceConfiguration, ServiceTlsConfiguration } from "../abi.ts";
import { StartError } from "../start-error.ts";
import { nameOf, parseCertificates, PemError, readPair, readPem } from "./pem.ts";

/** `folder`: where relative paths begin. Throws a `StartError` "start-certificate" with every problem. */
export function readServiceTls(
  services: readonly ServiceConfiguration[],
  folder: string,
): readonly ServiceConfiguration[] {
  const problems: string[] = [];
  const read = services.map((service) => {
    if (service.tls === undefined) return service;
    try {
      return { ...service, tls: resolved(service.tls, folder) };
    } catch (error) {
      if (!(error instanceof PemError)) throw error;
      problems.push(`${service.name}: ${error.message}`);
      return service;
    }
  });
  if (problems.length === 0) return read;
  throw new StartError(
    "start-certificate",
    "what services need for https cannot be used",
    problems,
    "Relative paths begin in the folder that the gateway is started in, or in that of `--files FOLDER`. Authorities and certificates are PEM; a key is readable for the gateway alone.",
  );
}

function resolved(tls: ServiceTlsConfiguration, folder: string): ServiceTlsConfiguration {
  const ca = tls.ca === null ? null : authorities(readPem(tls.ca, folder, false), nameOf(tls.ca));
  const pair = tls.certificate === null ? null : readPair(tls.certificate, folder);
  const certificate =
    pair === null ? null : { certificate: { text: pair.chain }, key: { text: pair.key }, passphrase: null };
  return { ...tls, ca: ca === null ? null : { text: ca }, certificate };
}

/** All certificates of the text, and nothing else of it. */
function authorities(text: string, name: string): string {
  const all = parseCertificates(text, name)
    .map((certificate) => certificate.toString())
    .join("");
  try {
    createSecureContext({ ca: all });
  } catch {
    throw new PemError(`${name} holds a certificate that cannot be an authority`);
  }
  return all;
}
