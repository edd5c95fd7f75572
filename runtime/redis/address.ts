/** Where Redis is: the addresses of a URL, and those that nodes of a cluster send one to. */

const URL_FORM = /^(rediss?:\/\/)([^/@]*@)?([^/]+)(\/.*)?$/;

/** `redis://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE` as a URL for each address. */
export function addressesOf(url: string): readonly string[] {
  const [, scheme, user = "", hosts = "", database = ""] = URL_FORM.exec(url) ?? [];
  if (scheme === undefined) return [url];
  return hosts
    .split(",")
    .filter((host) => host !== "")
    .map((host) => `${scheme}${user}${host}${database}`);
}

/** The same with another host and port. */
export function withHost(address: string, host: string): string {
  const [, scheme = "redis://", user = "", , database = ""] = URL_FORM.exec(address) ?? [];
  return `${scheme}${user}${host}${database}`;
}

/** The same without user and password. */
export function withoutUser(address: string): string {
  return address.replace(URL_FORM, "$1$3$4");
}

/** Where `MOVED SLOT HOST:PORT` sends one; an empty host is the one that said it. null: it sends one nowhere. */
export function movedTo(error: string, from: string): string | null {
  const [, host = "", port] = /^MOVED \d{1,5} ([^\s@/,]*):(\d{1,5})$/.exec(error) ?? [];
  if (port === undefined) return null;
  const own = URL_FORM.exec(from)?.[3]?.replace(/:\d+$/, "") ?? "";
  const name = host === "" || host === "?" ? own : host;
  return withHost(from, `${name.includes(":") && !name.startsWith("[") ? `[${name}]` : name}:${port}`);
}
