/** The path of a provider's base, which may come from a program's environment and is then no URL at all. */

/** "https://host/v1" gives "/v1", "https://host" gives "". */
export function basePath(base: string): string {
  const authority = base.indexOf("://");
  const slash = base.indexOf("/", authority === -1 ? 0 : authority + 3);
  return slash === -1 ? "" : base.slice(slash).replace(/\/+$/, "");
}

/** Vertex AI names project and place in the path. */
export function vertexPath(
  base: string,
  settings: { readonly [name: string]: string },
  publisher: string,
  model: string,
): string {
  const { project = "", location = "" } = settings;
  const place = `projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(location)}`;
  return `${basePath(base)}/${place}/publishers/${publisher}/models/${encodeURIComponent(model)}`;
}
