/** Holds a provider's codec to each line of its support table: refused is refused, dropped changes nothing, the rest is said. */
import { describe, expect, it } from "vitest";
import { sealState } from "../canonical/signature.ts";
import type { ProviderDialect, ProviderTarget } from "../dialect/dialect.ts";
import { FEATURES, type Feature, type SupportTable } from "../dialect/support.ts";
import { featureRequest, withoutFeature } from "./feature-requests.ts";

/** `said`: what says the feature, in the target and the body. `silent`: what is left out where it is said by saying less. `except`: what no request can be made for that has the feature and nothing else beside. */
export function supportSuite(
  dialect: ProviderDialect,
  table: SupportTable,
  target: ProviderTarget,
  said: { readonly [Name in Feature]?: string },
  silent: { readonly [Name in Feature]?: string } = {},
  except: readonly Feature[] = [],
): void {
  const state = sealState(dialect.name, "state");
  const write = (request: Parameters<ProviderDialect["writeRequest"]>[0]): string => {
    const written = dialect.writeRequest(request, target);
    if (!("body" in written)) throw new Error(JSON.stringify(written));
    JSON.parse(written.body);
    return `${written.target} ${written.body}`;
  };
  describe(`what the table of ${dialect.name} says is so of ${target.model}`, () => {
    it.each(
      FEATURES.filter((feature) => !except.includes(feature)).map((feature) => ({
        feature,
        support: table[feature].support,
      })),
    )("$feature: $support", ({ feature, support }) => {
      const request = featureRequest(feature, state);
      if (support === "refused") {
        const refusals = dialect.writeRequest(request, target);
        expect("body" in refusals ? refusals.body : refusals.length).toBe(feature === "penalties" ? 2 : 1);
        return;
      }
      const written = write(request);
      const plain = write(withoutFeature(feature));
      if (support === "dropped") {
        expect(written).toBe(plain);
        return;
      }
      const absent = silent[feature];
      const present = said[feature];
      expect(absent ?? present).toBeDefined();
      if (absent !== undefined) {
        expect(written).not.toContain(absent);
        expect(plain).toContain(absent);
      }
      if (present !== undefined) {
        expect(written).toContain(present);
        expect(plain).not.toContain(present);
      }
    });
  });
}
