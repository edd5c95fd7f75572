/**
 * The command `vgw`. Each command's file is loaded when it is asked for, so that `vgw check` pays for neither the emitter
 * nor esbuild nor the runtime. Exit codes: 0 good, 1 the program has errors or a test fails, 2 wrong usage, 3 the environment failed.
 */
import { Command, CommanderError, Option } from "commander";
import { version } from "../version.ts";
import type { AdminOptions } from "./admin.ts";
import type { FakeProviderOptions } from "./fake-provider.ts";
import { CommandError, exit, remark, styleFor } from "./output.ts";

const program = new Command("vgw")
  .description("Write a gateway as a typed program: check, test, build, run and swap it.")
  .version(version)
  .showHelpAfterError("(vgw --help lists the commands)")
  .exitOverride();

/** Runs a command and keeps its exit code. */
function running<A extends unknown[]>(run: (...args: A) => number | Promise<number>): (...args: A) => Promise<void> {
  return async (...args) => {
    process.exitCode = await run(...args);
  };
}

program
  .command("init [folder]")
  .description("write a small program to start from")
  .action(running(async (folder?: string) => (await import("./init.ts")).runInit(folder)));

program
  .command("check [path]")
  .description("report everything that is wrong with a program")
  .option("--json", "print one JSON document for machines")
  .option("--fix", "apply every fix that is certain")
  .option("--costs", "tell, route by route, the most that requests to models can cost")
  .action(
    running(async (path: string | undefined, options: { json?: boolean; fix?: boolean }) =>
      (await import("./check.ts")).runCheck(path, options),
    ),
  );

program
  .command("test [path]")
  .description("run the tests that stand in a program")
  .option("--json", "print one JSON document for machines")
  .option("--compiled", "run them against the compiled bundle instead of the interpreter")
  .option("--only <text>", "only tests whose title contains the text")
  .action(
    running(async (path: string | undefined, options: { json?: boolean; compiled?: boolean; only?: string }) =>
      (await import("./test.ts")).runTest(path, options),
    ),
  );

program
  .command("build [path]")
  .description("compile a program to a folder that runs alone: node FOLDER/gateway.mjs")
  .option("-o, --output <folder>", "where to write it", "dist")
  .option("--json", "print one JSON document for machines")
  .option("--emit-ts", "write the generated TypeScript beside the bundle")
  .action(
    running(async (path: string | undefined, options: { output: string; json?: boolean; emitTs?: boolean }) =>
      (await import("./build.ts")).runBuild(path, options),
    ),
  );

program
  .command("run [path]")
  .description("build a program and serve it until interrupted")
  .option("--threads <count>", "worker threads (default: as the program says, else one per core)")
  .option("--require-fast", "refuse to start without uWebSockets.js")
  .action(
    running(async (path: string | undefined, options: { threads?: string; requireFast?: boolean }) =>
      (await import("./run.ts")).runRun(path, options),
    ),
  );

program
  .command("dev [path]")
  .description("serve a program and swap every edit in while it runs")
  .option("--threads <count>", "worker threads", "1")
  .action(
    running(async (path: string | undefined, options: { threads: string }) =>
      (await import("./dev.ts")).runDev(path, options),
    ),
  );

program
  .command("fake-provider [dialect]")
  .description("serve made-up models on this machine, of one provider's dialect or all, for tests without a key")
  .option("--port <port>", "where on 127.0.0.1 to listen; 0 is any free port", "8090")
  .option("--switches <words>", 'what models do, such as "slow" or "tools=2, think"')
  .option(
    "--service-account <file>",
    "write a service account's key there that Vertex AI's models take, or use it again",
  )
  .option("--list", "list the switches and end")
  .option("--quiet", "do not tell of each request")
  .option("--json", "print one JSON document for machines")
  .action(
    running(async (dialect: string | undefined, options: FakeProviderOptions) =>
      (await import("./fake-provider.ts")).runFakeProvider(dialect, options),
    ),
  );

/** Where a running gateway is asked. The token is no option: a command line can be read by every process. */
function toGateway(command: Command): Command {
  return command
    .addOption(
      new Option("--admin <url>", "the gateway's admin listener").env("VGW_ADMIN").default("http://127.0.0.1:9901"),
    )
    .option("--token-file <file>", "holds the admin token (default: the variable VGW_ADMIN_TOKEN)")
    .option("--json", "print one JSON document for machines");
}

toGateway(program.command("deploy <folder>"))
  .description("swap what vgw build wrote into a running gateway")
  .action(
    running(async (folder: string, options: AdminOptions) => (await import("./deploy.ts")).runDeploy(folder, options)),
  );

toGateway(program.command("rollback"))
  .description("go back to what a running gateway served before the last swap")
  .action(running(async (options: AdminOptions) => (await import("./rollback.ts")).runRollback(options)));

toGateway(program.command("status"))
  .description("show what a running gateway serves")
  .action(running(async (options: AdminOptions) => (await import("./status.ts")).runStatus(options)));

program
  .command("fmt [paths...]")
  .description("lay out programs in the one common way")
  .option("--check", "change nothing; exit 1 where a file is not formatted")
  .option("--json", "print one JSON document for machines")
  .action(
    running(async (paths: string[], options: { check?: boolean; json?: boolean }) =>
      (await import("./fmt.ts")).runFmt(paths, options),
    ),
  );

program
  .command("explain <code>")
  .description("show the page of a diagnostic, such as VGW3012")
  .option("--json", "print one JSON document for machines")
  .action(
    running(async (code: string, options: { json?: boolean }) =>
      (await import("./explain.ts")).runExplain(code, options),
    ),
  );

program
  .command("why <method> [target] [path]")
  .usage("[options] METHOD TARGET [PATH], or FILE [ROUTE]")
  .description(
    "show how one request is decided: which route, which step, and why; of a FILE: which models its routes may ask, over which ways, and what each can be told",
  )
  .option("-H, --header <line>", "a request header, `name: value`; may be repeated", collect, [])
  .option("--host <host>", "the Host of the request", "localhost")
  .option("--address <address>", "the client's address", "127.0.0.1")
  .option("--body <text>", "the request's body")
  .option("--answer <service=status body>", "what a service or model answers; may be repeated", collect, [])
  .option("--json", "print one JSON document for machines")
  .action(
    running(async (method: string, target: string | undefined, path: string | undefined, options: WhyCommandOptions) =>
      isFile(method)
        ? (await import("./why-models.ts")).runWhyModels(method, target, options)
        : (await import("./why.ts")).runWhy(method, target, path, options),
    ),
  );

/** A program or a folder with one, where a method could stand. */
function isFile(word: string): boolean {
  return word.endsWith(".vgw") || /[./\\]/.test(word);
}

interface WhyCommandOptions {
  readonly header: string[];
  readonly answer: string[];
  readonly host: string;
  readonly address: string;
  readonly body?: string;
  readonly json?: boolean;
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

program.parseAsync().catch((error: unknown) => {
  process.exitCode = reportFailure(error);
});

/** Errors of the artifact's writer say what to do next themselves. */
function hasNext(error: unknown): error is Error & { readonly next: string } {
  return error instanceof Error && "next" in error && typeof error.next === "string";
}

function reportFailure(error: unknown): number {
  // Commander has printed its own message; help and version end with code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.good : exit.usage;
  const style = styleFor(process.stderr);
  if (error instanceof CommandError) {
    if (error.message) remark(`${style.error("error")}: ${error.message}`);
    if (error.help) remark(`${style.related("help")}: ${error.help}`);
    return error.exitCode;
  }
  if (hasNext(error)) {
    remark(`${style.error("error")}: ${error.message}\n${style.related("help")}: ${error.next}`);
    return exit.environment;
  }
  remark(`${style.error("error VGW9001")}: vgw failed in a way that is its own fault`);
  remark(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exit.environment;
}
