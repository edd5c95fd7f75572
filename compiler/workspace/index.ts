export { type LoadedModule, type LoadedProgram, loadProgram, resolveImport } from "./load.ts";
