/** What the one who starts a gateway may put in place of the program's settings: command-line options, `vgw dev`, tests. Plain data. */
import type { Configuration, ListenConfiguration } from "../abi.ts";

export interface Overrides {
  readonly listen?: readonly ListenConfiguration[];
  /** null: no admin listener. */
  readonly admin?: { readonly address: string; readonly port: number; readonly token: string | null } | null;
  /** Serving threads; 1 serves in the calling thread. */
  readonly threads?: number;
  /** Origins by service name; of a model the first one takes the place of its provider's. */
  readonly endpoints?: { readonly [service: string]: readonly string[] };
  readonly accessLog?: boolean;
  /** Milliseconds. */
  readonly drain?: number;
}

export function applyOverrides(configuration: Configuration, overrides: Overrides): Configuration {
  const { gateway, services, models } = configuration;
  return {
    ...configuration,
    gateway: {
      ...gateway,
      listen: overrides.listen ?? gateway.listen,
      admin: overrides.admin === undefined ? gateway.admin : overrides.admin,
      threads: overrides.threads ?? gateway.threads,
      accessLog: overrides.accessLog ?? gateway.accessLog,
      drain: overrides.drain ?? gateway.drain,
    },
    services: services.map((service) => ({
      ...service,
      endpoints: overrides.endpoints?.[service.name] ?? service.endpoints,
    })),
    ...(models !== undefined && {
      models: models.map((model) => {
        const origin = overrides.endpoints?.[model.name]?.[0];
        return origin === undefined
          ? model
          : { ...model, base: origin + new URL(model.base).pathname.replace(/\/$/, "") };
      }),
    }),
  };
}
