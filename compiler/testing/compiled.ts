/** Answers tests by the compiled bundle (`vgw test --compiled`): the generated code and the runtime's real services, without sockets. */
import type { Configuration, Host, Identity, ServiceConfiguration } from "../../runtime/abi.ts";
import { compileBundle } from "../../runtime/host/bundle.ts";
import { checkConfiguration } from "../../runtime/host/configuration.ts";
import { allServices, type ModelSource, modelOf, routeBudget } from "../../runtime/host/models.ts";
import { PROBLEM_HEADERS, problemText } from "../../runtime/http/problem.ts";
import { createVerifier, type Recogniser, together, type Verifier } from "../../runtime/identity/index.ts";
import { Proxies } from "../../runtime/http/proxies.ts";
import { giveBackAll } from "../../runtime/http/held.ts";
import {
  aloneConcurrency,
  aloneLimiter,
  Concurrency,
  createPermitMemory,
  createTableMemory,
  LimitTable,
  Limits,
  newTableKey,
  PermitTable,
} from "../../runtime/limit/index.ts";
import { createKeyMemory, KeyTable } from "../../runtime/model/engine/index.ts";
import { Accounts } from "../../runtime/model/money/accounts.ts";
import { BudgetTable, createBudgetMemory } from "../../runtime/model/money/budget-table.ts";
import type { BudgetConfiguration } from "../../runtime/model/money/configuration.ts";
import { spanAt } from "../../runtime/model/money/period.ts";
import { ModelCounterSet } from "../../runtime/observe/index.ts";
import { createService } from "../../runtime/upstream/index.ts";
import { type InterpretedRequest, sentVerifier, type World } from "../5-plan/interpreter/index.ts";
import type { Plan } from "../5-plan/plan.ts";
import { emit } from "../6-emit/index.ts";
import { bundle } from "../7-bundle/index.ts";
import { type Answerer, testEnvironment } from "./answerer.ts";
import { memoryClient } from "./memory-client.ts";
import { MemoryExchange, pathOf } from "./memory-exchange.ts";

/** Compiles once; each request gets a program loaded afresh, with the test's environment, clock and services. */
export async function compiled(plan: Plan): Promise<Answerer> {
  const module = compileBundle((await bundle(plan, emit(plan))).code, "bundle.cjs");
  return async (request, world, given) => {
    const path = pathOf(request.target);
    if (path === null) return refused();
    if (world.facts !== undefined && world.facts.size > 0) {
      throw new Error(
        `given ${[...world.facts.keys()].join(", ")}: only the interpreter can be told what a built-in gives`,
      );
    }
    const configuration = withoutSpent(checkConfiguration(module.configure(testEnvironment(plan, given))), world);
    const { via, forwarded } = configuration.gateway;
    const services = new Map(
      allServices(configuration).map((service) => [
        service.name,
        createService(inMemory(service), { via, forwarded }, undefined, memoryClient(service.name, world)),
      ]),
    );
    const program = module.load(hostOf(configuration, services, world, request));
    const exchange = await new Promise<MemoryExchange>((resolve, reject) => {
      const proxies = new Proxies(configuration.gateway.trustedProxies);
      const finished = (): void => {
        giveBackAll(made);
        resolve(made);
      };
      const made: MemoryExchange = new MemoryExchange(request, path, proxies, finished, reject);
      Promise.resolve(program.handle(made)).catch(reject);
    });
    return {
      status: exchange.status,
      headers: exchange.answerHeaders,
      body: exchange.answerBody,
      route: exchange.route,
      reason: exchange.reason,
      trace: [],
    };
  };
}

function hostOf(
  configuration: Configuration,
  services: ReadonlyMap<string, ReturnType<typeof createService>>,
  world: World,
  request: InterpretedRequest,
): Host {
  const source: ModelSource = {
    configuration,
    connections: (name) => {
      const service = services.get(name);
      if (service === undefined) throw new Error(`the model ${name} has no connections`);
      return service;
    },
    parts: {
      counters: new ModelCounterSet(),
      keys: {
        table: keysOf(world),
        limiter: (identity) => limitsOf(world).limiter(identity, "deny"),
        note: () => undefined,
      },
      now: () => world.now(),
      random: () => world.random(),
      // What is made up is the same each time, so that answers can be compared.
      identifier: zeros,
      ...(configuration.gateway.ledger !== undefined && { accounts: accountsOf(world) }),
    },
  };
  return {
    environment: configuration.environment,
    identity: (name) => identityOf(verifierOf(name, configuration, world, request)),
    identities: (how, members) => {
      const verifiers = members.map(({ name, identity }) => ({
        name,
        verifier: verifierOf(identity, configuration, world, request),
      }));
      return identityOf(together(how, verifiers));
    },
    service: (name) => {
      const service = services.get(name);
      if (service === undefined)
        throw new Error(`the bundle asks for the service ${name}, which its configuration does not name`);
      return service;
    },
    model: (name, providers) => modelOf(name, providers, source),
    budget: (budget, providers) => routeBudget(leftOf(budget, world), providers, source),
    limiter: (identity, whenFull) => limitsOf(world).limiter(identity, whenFull),
    // One request at a time: none is inside before.
    concurrency: (identity, whenFull) => places.limiter(identity, whenFull),
    sharedLimiter: (identity, { whenFull }) => aloneLimiter(limitsOf(world).limiter(`shared ${identity}`, whenFull)),
    sharedConcurrency: (identity, { whenFull }) => aloneConcurrency(places.limiter(`shared ${identity}`, whenFull)),
    log: (_exchange, level, fields) => world.log(level, fields),
    // A test's clock stands still, so that no deadline passes by itself.
    deadline: () => undefined,
    now: () => world.now(),
    random: () => world.random(),
  };
}

/** Without sockets there is nothing to encrypt, and no certificate to be read; a service that lives for one request is not asked how it is. */
function inMemory(service: ServiceConfiguration): ServiceConfiguration {
  return { ...service, tls: undefined, health: undefined };
}

const zeros = (length: number): string => "0".repeat(length);

/** A caller that the test sends needs no token; whatever else is sent is verified. */
function verifierOf(
  name: string,
  configuration: Configuration,
  world: World,
  { callers }: InterpretedRequest,
): Verifier {
  const sent = callers?.find(({ identity }) => identity === name);
  if (sent !== undefined) return sentVerifier(sent);
  const found = configuration.identities?.find((identity) => identity.name === name);
  if (found === undefined)
    throw new Error(`the bundle asks for the identity ${name}, which its configuration does not name`);
  return createVerifier(found, {
    now: () => world.now(),
    clock: () => world.now(),
    fetch: (url) => world.fetchKeys?.(url) ?? Promise.reject(new Error("no issuer is in reach")),
    note: () => undefined,
  });
}

function identityOf<Recognised>(recogniser: Recogniser<unknown>): Identity<Recognised> {
  return {
    identify: (exchange) => recogniser.identify(exchange.headers) as ReturnType<Identity<Recognised>["identify"]>,
  };
}

/** As many values of `limit … by` as any test will send. */
const COUNTERS = 1024;
const places = new Concurrency(new PermitTable(createPermitMemory(COUNTERS, 1, newTableKey()), 0));
const limitsByTest = new WeakMap<object, Limits>();

/** The counters of the test that the world belongs to, at its clock. */
function limitsOf(world: World): Limits {
  const test = world.limits ?? world;
  let limits = limitsByTest.get(test);
  if (limits === undefined) {
    const table = new LimitTable(createTableMemory(COUNTERS, newTableKey()), 0);
    limits = new Limits(table, () => BigInt(Math.round(world.now() * 1e6)));
    limitsByTest.set(test, limits);
  }
  return limits;
}

const keysByTest = new WeakMap<object, KeyTable>();

/** Which keys of models rest, at the test's clock. */
function keysOf(world: World): KeyTable {
  const test = world.limits ?? world;
  let keys = keysByTest.get(test);
  if (keys === undefined) {
    keys = new KeyTable(createKeyMemory(1), 0, () => world.now());
    keysByTest.set(test, keys);
  }
  return keys;
}

/** Its budgets have what a test leaves of them. */
function withoutSpent(configuration: Configuration, world: World): Configuration {
  const { models = [], pools = [] } = configuration;
  if (world.spentBefore === undefined || world.spentBefore.size === 0) return configuration;
  const left = <T extends { readonly budgets?: readonly BudgetConfiguration[] | undefined }>(one: T): T =>
    one.budgets === undefined ? one : { ...one, budgets: one.budgets.map((budget) => leftOf(budget, world)) };
  return { ...configuration, models: models.map(left), pools: pools.map(left) };
}

/** In the period in which the test says that a part of it was spent. */
function leftOf(budget: BudgetConfiguration, world: World): BudgetConfiguration {
  const before = world.spentBefore?.get(budget.name);
  const { limit, period } = budget;
  if (before === undefined || spanAt(period, before.at).start !== spanAt(period, world.now()).start) return budget;
  return { ...budget, limit: limit - Math.floor((limit * Math.round(before.part * 1e6)) / 1e6) };
}

const accountsByTest = new WeakMap<object, Accounts>();

/** What the test that the world belongs to has spent, at its clock; nothing is written down. */
function accountsOf(world: World): Accounts {
  const test = world.limits ?? world;
  let accounts = accountsByTest.get(test);
  if (accounts === undefined) {
    const table = new BudgetTable(createBudgetMemory(COUNTERS, 1, newTableKey()), 0);
    accounts = new Accounts({ table, journal: null, now: () => world.now(), alert: () => undefined });
    accountsByTest.set(test, accounts);
  }
  return accounts;
}

/** What a transport answers before a program is asked. */
function refused(): ReturnType<Answerer> {
  const code = "target-malformed";
  const body = new TextEncoder().encode(problemText(400, code, null, null));
  return Promise.resolve({ status: 400, headers: [...PROBLEM_HEADERS], body, route: "", reason: code, trace: [] });
}
