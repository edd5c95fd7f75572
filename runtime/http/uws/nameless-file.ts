/**
 * uWebSockets.js reads certificates and keys from files only, and what is served must be what was read and checked at the start: a file
 * in memory that has no name and that nobody else can open; where the system knows none, one in a folder of its own for a moment.
 */
import { closeSync, constants, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Linux: O_TMPFILE, which Node has no name for; the same on every architecture that Node runs on, but for its directory bit. */
const NAMELESS = 0o20000000 | constants.O_DIRECTORY | constants.O_RDWR | constants.O_EXCL;
const MEMORY = "/dev/shm";

/** `use` gets a path that is only valid while it runs. */
export function withFile<T>(text: string, use: (path: string) => T): T {
  const descriptor = openNameless();
  if (descriptor !== null) {
    try {
      writeFileSync(descriptor, text);
      return use(`/proc/self/fd/${descriptor}`);
    } finally {
      closeSync(descriptor);
    }
  }
  const folder = mkdtempSync(join(tmpdir(), "vgw-tls-"));
  try {
    const path = join(folder, "pem");
    writeFileSync(path, text, { mode: 0o600 });
    return use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function openNameless(): number | null {
  if (process.platform !== "linux" || !existsSync("/proc/self/fd")) return null;
  try {
    return openSync(MEMORY, NAMELESS, 0o600);
  } catch {
    return null;
  }
}
