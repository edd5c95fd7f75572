/** How the names of all keys begin that gateways share. What stands in braces puts them on one node of a cluster, so that one script may touch several. */
export function tagOf(name: string): string {
  return `vgw:{${name.replaceAll(/[{}\s]/g, "_")}}:`;
}
