/** Which files a program reads when it starts: its certificates, keys and authorities, for whoever deploys it. */
import type { Manifest } from "../../runtime/manifest.ts";
import type { StaticValue } from "../3-types/checked.ts";
import type { Plan } from "../5-plan/plan.ts";

type File = NonNullable<Manifest["files"]>[number];
type Settings = { readonly [key: string]: StaticValue };

/** Without `files` where there are none. */
export function filesOf(plan: Plan): Pick<Manifest, "files"> {
  const listeners = listOf(plan.gateway.settings.listen).map(recordOf);
  const files = [
    ...listeners.flatMap((listener) =>
      listOf(listener.certificates).flatMap((one) =>
        filesOfCertificate(recordOf(one), `listener ${String(listener.address)}:${String(listener.port)}`),
      ),
    ),
    ...fileOf(recordOf(plan.gateway.settings.state).ca, "authorities", "state"),
    ...plan.services.flatMap(({ name, settings }) => {
      const { ca, certificate } = recordOf(settings.tls);
      const of = `service ${name}`;
      return [...fileOf(ca, "authorities", of), ...filesOfCertificate(recordOf(certificate), of)];
    }),
  ];
  return files.length === 0 ? {} : { files };
}

function filesOfCertificate({ folder, certificate, key }: Settings, of: string): File[] {
  if (typeof folder === "string") return [{ path: folder, kind: "folder", of }];
  return [...fileOf(certificate, "certificate", of), ...fileOf(key, "key", of)];
}

function fileOf(source: StaticValue | undefined, kind: File["kind"], of: string): File[] {
  const { file } = recordOf(source);
  return typeof file === "string" ? [{ path: file, kind, of }] : [];
}

function listOf(value: StaticValue | undefined): readonly StaticValue[] {
  return Array.isArray(value) ? value : [];
}

function recordOf(value: StaticValue | undefined): Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Settings) : {};
}
