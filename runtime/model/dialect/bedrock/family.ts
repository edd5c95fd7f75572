/** Which family a model at Bedrock is of: Converse is one form for all of them, of which each takes a part. */
import type { ProviderTarget } from "../dialect.ts";
import { type Abilities, FAMILIES, UNKNOWN } from "./abilities.ts";

/** "us.anthropic.…", "global.amazon.…": inference profiles over several regions; and what stands behind the last slash of an ARN. */
const PREFIX = /^(?:arn:.*\/)?(?:(?:us|us-gov|eu|apac|ap|sa|ca|amer|global|jp|au|me|af|mx|il)\.)?/;

/** By a model's identifier, an inference profile's, or an ARN that ends with one of both; `UNKNOWN` where the name says nothing. */
export function abilitiesNamed(model: string): Abilities {
  const name = model.toLowerCase().replace(PREFIX, "");
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? UNKNOWN;
}

/** The model of which an inference profile, an import or a deployment is made, where the program says it; else the one that is asked. */
export function foundationOf({ model, settings }: ProviderTarget): string {
  return settings.family ?? model;
}

const found = new WeakMap<ProviderTarget, Abilities>();

export function abilitiesOf(target: ProviderTarget): Abilities {
  let abilities = found.get(target);
  if (abilities === undefined) {
    abilities = abilitiesNamed(foundationOf(target));
    found.set(target, abilities);
  }
  return abilities;
}
