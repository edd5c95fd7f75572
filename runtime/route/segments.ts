/** The path as the matcher sees it: what stands between its slashes. */

/**
 * "/a/b" → ["a", "b"], "/a/" → ["a", ""], "/" → [""]: the trailing slash is significant. `path` is canonical, so it
 * begins with "/".
 */
export function pathSegments(path: string): string[] {
  const segments = path.split("/");
  segments.shift();
  return segments;
}

/**
 * The text of a parameter, its escapes decoded once (RFC 3986 §2.4). An empty segment is no parameter; undefined too where
 * the bytes are not UTF-8 (a canonical path has none such).
 */
export function decodeSegment(segment: string): string | undefined {
  return segment === "" ? undefined : decoded(segment);
}

/**
 * What `{name...}` takes: everything from segment `from` on, decoded, slashes kept. An escaped slash reads as a slash here;
 * a forwarded path is not built from this, so it keeps its bytes.
 */
export function restOf(segments: readonly string[], from: number): string | undefined {
  return decoded(segments.slice(from).join("/"));
}

/** As `restOf`, where all before it is written out: the part of the path from index `from` on. */
export function restAfter(path: string, from: number): string | undefined {
  return decoded(path.slice(from));
}

/** Whether a mixed segment such as "x-{n}.json" fits: its literals, and something between them. */
export function fitsAround(segment: string, prefix: string, suffix: string): boolean {
  return segment.length > prefix.length + suffix.length && segment.startsWith(prefix) && segment.endsWith(suffix);
}

/** The part of a mixed segment between its literals, decoded. */
export function middleOf(segment: string, prefix: number, suffix: number): string | undefined {
  return decoded(segment.slice(prefix, segment.length - suffix));
}

function decoded(text: string): string | undefined {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
