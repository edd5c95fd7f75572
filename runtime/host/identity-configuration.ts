/** Checks the part of a configuration that is about identities. */
import { z } from "zod";
import { ALGORITHMS, type ClaimType, type IdentityConfiguration } from "../identity/index.ts";

const LONGEST_LEEWAY = 60_000;
const LENGTH = { min: z.int().min(0), max: z.int().min(0).nullable() };

const CLAIM_TYPE: z.ZodType<ClaimType> = z.lazy(() =>
  z.union([
    z.object({ kind: z.literal("string"), ...LENGTH }),
    z.object({ kind: z.literal("words"), words: z.array(z.string()) }),
    z.object({ kind: z.literal("int"), min: z.int(), max: z.int() }),
    z.object({ kind: z.enum(["float", "bool", "uuid"]) }),
    z.object({ kind: z.literal("time") }),
    z.object({ kind: z.literal("scopes") }),
    z.object({ kind: z.literal("list"), of: CLAIM_TYPE, ...LENGTH }),
  ]),
);

const CLAIMS = z.array(
  z.object({ name: z.string(), from: z.string().min(1), optional: z.boolean(), type: CLAIM_TYPE }),
);

export const IDENTITY = z.union([
  z.object({
    scheme: z.literal("jwt"),
    name: z.string(),
    issuer: z.string().min(1, "the issuer is empty"),
    audience: z.array(z.string().min(1, "an audience is empty")).min(1),
    algorithms: z.array(z.enum(ALGORITHMS)).min(1),
    keys: z.union([
      z.object({ kind: z.literal("url"), url: z.string().regex(/^https?:\/\//), refresh: z.number().min(0) }),
      z.object({ kind: z.literal("set"), text: z.string() }),
      z.object({ kind: z.literal("secret"), secret: z.string() }),
    ]),
    credential: z.object({ from: z.enum(["header", "cookie"]), name: z.string().min(1) }),
    leeway: z.number().min(0).max(LONGEST_LEEWAY),
    type: z.string().nullable(),
    claims: CLAIMS,
  }),
  z.object({
    scheme: z.literal("api_key"),
    name: z.string(),
    headers: z.array(z.string().min(1)).min(1),
    keys: z.string(),
    claims: CLAIMS,
  }),
]) satisfies z.ZodType<IdentityConfiguration>;
