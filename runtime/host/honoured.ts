/** Refuses settings that the transport which will serve cannot honour: none is accepted and ignored. */
import type { GatewayConfiguration, ListenConfiguration } from "../abi.ts";
import { type Capabilities, FAST, STRICT } from "../http/capabilities.ts";
import { StartError } from "../start-error.ts";

/** What a program that says nothing gets (`limits` in the vocabulary): where a transport's value is fixed, its own stands for it. */
const UNSAID = { idle: 60_000, head: 10_000, connections: null } as const;

const WHY: { readonly [limit in keyof typeof UNSAID]: string } = {
  idle: "the fast transport closes idle connections after 10 to 12 seconds, whatever is set",
  head: "the fast transport gives a request's head 10 to 12 seconds, whatever is set",
  connections: "the fast transport cannot bound the number of connections",
};

/** Throws a `StartError` "start-setting" that names every such setting. `listeners`: with the transport that will serve. */
export function checkHonoured(gateway: GatewayConfiguration, listeners: readonly ListenConfiguration[]): void {
  const problems = listeners.flatMap(({ address, port, transport }) => {
    const capabilities: Capabilities = transport === "fast" ? FAST : STRICT;
    return limitNames()
      .filter((name) => !capabilities.limits[name] && gateway.limits[name] !== UNSAID[name])
      .map((name) => `limits.${name} on ${address}:${port}: ${WHY[name]}`);
  });
  if (problems.length === 0) return;
  throw new StartError(
    "start-setting",
    "the transport cannot honour every setting",
    problems,
    "Give the listener `transport: strict`, or leave the setting out.",
  );
}

function limitNames(): (keyof typeof UNSAID)[] {
  return ["idle", "head", "connections"];
}
