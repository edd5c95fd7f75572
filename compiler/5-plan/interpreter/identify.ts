/** `identify`: the same verification as the gateway's (shared, since cryptography is no place for a second opinion), made once per identity. */
import { createVerifier, type IdentityConfiguration, type Verifier } from "../../../runtime/identity/index.ts";
import type { StaticValue } from "../../3-types/checked.ts";
import type { IdentifyStep } from "../plan.ts";
import type { Context } from "./context.ts";

/** By name, made when first asked. */
export type Identities = Map<string, Verifier>;

export async function identify(step: IdentifyStep, context: Context): Promise<unknown> {
  const { caller, headers } = context.request;
  if (caller !== undefined && caller.identity === step.identity) return caller.claims;
  const verifier = context.identities.get(step.identity) ?? makeVerifier(step.identity, context);
  context.identities.set(step.identity, verifier);
  return verifier.identify([...headers]);
}

function makeVerifier(name: string, context: Context): Verifier {
  const plan = context.plan.identities.find((identity) => identity.name === name);
  if (plan === undefined) throw new Error(`there is no identity ${name}`);
  const { world } = context;
  const configuration = resolved(plan.configuration, context) as IdentityConfiguration;
  return createVerifier(configuration, {
    now: () => world.now(),
    clock: () => world.now(),
    fetch: (url) => world.fetchKeys?.(url) ?? Promise.reject(new Error("no issuer is in reach")),
    note: () => undefined,
  });
}

/** With the environment's values in their places. */
function resolved(value: StaticValue, context: Context): unknown {
  if (Array.isArray(value)) return value.map((item: StaticValue) => resolved(item, context));
  if (typeof value !== "object" || value === null) return value;
  if ("kind" in value && value.kind === "env") return context.environment.get(String(value.variable));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item as StaticValue, context)]));
}
