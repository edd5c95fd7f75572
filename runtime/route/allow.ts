/** What 405 tells the client: the methods of every route whose host and path fit (RFC 9110 §15.5.6). */

/** Adds methods to what was collected; HEAD comes with GET. */
export function allowMethods(collected: readonly string[] | null, methods: readonly string[]): readonly string[] {
  const all = new Set(collected ?? []);
  for (const method of methods) {
    all.add(method);
    if (method === "GET") all.add("HEAD");
  }
  return [...all].sort();
}
