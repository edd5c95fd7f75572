/** The form of a configuration's TLS settings, for `configuration.ts`. */
import { z } from "zod";
import type { ListenTlsConfiguration, PemSource, ServiceTlsConfiguration } from "../abi.ts";

export const PEM: z.ZodType<PemSource> = z.union([
  z.object({ file: z.string().min(1) }),
  z.object({ text: z.string() }),
]);
const VERSION = z.enum(["1.2", "1.3"]);
const PAIR = z.object({ certificate: PEM, key: PEM, passphrase: z.string().nullable() });

export const LISTEN_TLS: z.ZodType<ListenTlsConfiguration> = z.object({
  certificates: z.array(z.union([z.object({ folder: z.string().min(1) }), PAIR])).min(1),
  minimum: VERSION,
  unknown: z.enum(["default", "refuse"]),
});

export const SERVICE_TLS: z.ZodType<ServiceTlsConfiguration> = z.object({
  ca: PEM.nullable(),
  serverName: z.string().min(1).nullable(),
  certificate: PAIR.nullable(),
  minimum: VERSION,
});
