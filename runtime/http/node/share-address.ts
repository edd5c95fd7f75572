/** Whether several threads can listen on one address with Node's own server. */

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

/**
 * `reusePort` came with Node 22.12 and 23.1. Only Linux spreads the connections over the listeners; elsewhere the newest takes all, or
 * the option does not exist.
 */
export const canShareAddress: boolean =
  process.platform === "linux" && (major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12));
