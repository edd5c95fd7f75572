/** Gives the path of the file that was written. */
export function buildRuntime(output?: string): Promise<string>;
