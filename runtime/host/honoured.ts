/** Refuses settings that the transport which will serve cannot honour: none is accepted and ignored. */
import type { GatewayConfiguration } from "../abi.ts";
import { type Capabilities, FAST, STRICT } from "../http/capabilities.ts";
import { StartError } from "../start-error.ts";
import type { TransportChoice } from "./transport-choice.ts";

/** What a program that says nothing gets (`limits` in the vocabulary): where a transport's value is fixed, its own stands for it. */
const UNSAID = { idle: 60_000, head: 10_000, connections: null } as const;

const WHY: { readonly [limit in keyof typeof UNSAID]: string } = {
  idle: "the fast transport closes idle connections after 10 to 12 seconds, whatever is set",
  head: "the fast transport gives a request's head 10 to 12 seconds, whatever is set",
  connections: "the fast transport cannot bound the number of connections",
};

/** Throws a `StartError` "start-setting" that names every such setting. */
export function checkHonoured(gateway: GatewayConfiguration, choice: TransportChoice): void {
  const problems = [...threadProblems(gateway, choice), ...limitProblems(gateway, choice)];
  if (problems.length === 0) return;
  throw new StartError(
    "start-setting",
    "the transport cannot honour every setting",
    problems,
    "Give the listener the other transport, or leave the setting out.",
  );
}

/** Where the fast transport was wanted and did not load, one thread and a warning are better than no gateway. */
function threadProblems(gateway: GatewayConfiguration, choice: TransportChoice): string[] {
  const isFallback = gateway.listen.some((listen) => listen.transport === "fast");
  if (choice.shareable || isFallback || gateway.threads === null || gateway.threads === 1) return [];
  return [
    `threads: below Node 22.12, or not on Linux, the strict transport serves in one thread, not in ${gateway.threads}`,
  ];
}

function limitProblems(gateway: GatewayConfiguration, choice: TransportChoice): string[] {
  return choice.listeners.flatMap(({ address, port, transport }) => {
    const capabilities: Capabilities = transport === "fast" ? FAST : STRICT;
    return limitNames()
      .filter((name) => !capabilities.limits[name] && gateway.limits[name] !== UNSAID[name])
      .map((name) => `limits.${name} on ${address}:${port}: ${WHY[name]}`);
  });
}

function limitNames(): (keyof typeof UNSAID)[] {
  return ["idle", "head", "connections"];
}
