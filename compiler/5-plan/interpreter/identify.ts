/** `identify`: the same verification as the gateway's (shared, since cryptography is no place for a second opinion), made once per identity. */
import {
  createVerifier,
  type IdentityConfiguration,
  together,
  type Verifier,
} from "../../../runtime/identity/index.ts";
import type { StaticValue } from "../../3-types/checked.ts";
import type { IdentifyStep } from "../plan.ts";
import type { Context } from "./context.ts";
import type { SentCaller } from "./world.ts";

/** By name, made when first asked. */
export type Identities = Map<string, Verifier>;

export async function identify({ how, identities }: IdentifyStep, context: Context): Promise<unknown> {
  const members = identities.map(({ name, identity }) => ({ name, verifier: verifierOf(identity, context) }));
  const headers = [...context.request.headers];
  return how === "one" ? members[0]?.verifier.identify(headers) : together(how, members).identify(headers);
}

function verifierOf(name: string, context: Context): Verifier {
  const sent = context.request.callers?.find(({ identity }) => identity === name);
  if (sent !== undefined) return sentVerifier(sent);
  const verifier = context.identities.get(name) ?? makeVerifier(name, context);
  context.identities.set(name, verifier);
  return verifier;
}

/** A caller that a test sends needs no credential: it is as if its own stood in a place that nothing else is read from. */
export function sentVerifier({ identity, claims }: SentCaller): Verifier {
  return {
    place: () => `sent as ${identity}`,
    challenge: "",
    known: () => claims,
    identify: () => claims,
  };
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
