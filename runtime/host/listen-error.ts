/** Why a listener could not be opened, with what to do about it. */
import { StartError } from "../start-error.ts";

const NEXT: { readonly [code: string]: string } = {
  EADDRINUSE: "Another process listens there: end it (`ss -ltnp` shows it), or give the gateway another port.",
  EACCES: "Ports below 1024 need a privilege (CAP_NET_BIND_SERVICE): use a higher port, or grant it.",
  EADDRNOTAVAIL: 'This machine has no such address: use one of its own, or ":PORT" for all interfaces.',
};

export function listenError(address: string, port: number, error: unknown): StartError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = error instanceof Error ? error.message : String(error);
  return new StartError(
    "start-listen",
    `cannot listen on ${address}:${port}: ${reason}`,
    [],
    NEXT[code] ?? "Check the address and the port in the gateway's `listen` and `admin` settings.",
  );
}
