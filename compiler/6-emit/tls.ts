/** The TLS settings of listeners and services, as the host takes them. */
import type { StaticValue } from "../3-types/checked.ts";

type Settings = { readonly [key: string]: StaticValue };

const VERSIONS: { readonly [word: string]: string } = { tls1_2: "1.2", tls1_3: "1.3" };

function versionOf(word: StaticValue | undefined): string {
  return VERSIONS[String(word)] ?? "1.2";
}

/** null: clear text. */
export function listenTls(listener: Settings): StaticValue {
  if (listener.word !== "https") return null;
  const { certificates = [], minimum, unknown = "default" } = listener;
  return { certificates, minimum: versionOf(minimum), unknown };
}

/** null: nothing is said. */
export function serviceTls({ tls }: Settings): StaticValue {
  if (typeof tls !== "object" || tls === null || Array.isArray(tls)) return null;
  const { ca = null, server_name: serverName = null, certificate = null, minimum } = tls as Settings;
  return { ca, serverName, certificate, minimum: versionOf(minimum) };
}
