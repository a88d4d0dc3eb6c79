import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** What stands in the house beside the deployment, and is deployed as it stands. */
export interface House {
  /** By their slugs, in alphabetical order. */
  readonly runbooks: readonly Runbook[];
  /** By their names, in alphabetical order. */
  readonly contracts: readonly Contract[];
}

/** A state machine and what starts it. */
export interface Runbook {
  /** The state machine's name. */
  readonly slug: string;
  /** Amazon States Language, with placeholders such as `${BlockIndicators}`. */
  readonly definition: string;
  readonly rules: readonly TriggerRule[];
  readonly pipes: readonly TriggerPipe[];
  /** Automation documents in YAML, by what they are for: `hub`, `member`. */
  readonly documents: Readonly<Record<string, string>>;
  /** The operator's page. */
  readonly page: string;
}

/** A rule of EventBridge: it waits for events, or for a time. */
export interface TriggerRule {
  readonly name: string;
  readonly description: string;
  readonly eventPattern?: object;
  readonly eventBusName?: string;
  readonly schedule?: string;
  readonly input?: object;
}

/** A pipe of EventBridge that hands on the firewall's alert log. */
export interface TriggerPipe {
  readonly name: string;
  readonly description: string;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
}

/** What an activity promises, as far as a deployment asks. */
export interface Contract {
  readonly name: string;
  readonly actions: Actions;
}

/** The IAM actions of an activity. */
export interface Actions {
  /** Those that it calls with the worker's own role. */
  readonly own: readonly string[];
  /** Those that it calls in a place: with the members' role in a member account, with the worker's own in the hub's. */
  readonly assumed: readonly string[];
}

/** The repository, seen from build/lib. */
const ROOT = resolve(__dirname, "../../..");

/** The runbooks, contracts and Automation documents of the repository. */
export function readHouse(root = ROOT): House {
  const machines = join(root, "statemachines");
  const slugs = namesIn(machines, ".asl.json");
  const contracts = join(machines, "contracts");
  return {
    runbooks: slugs.map((slug) => ({
      slug,
      definition: readFileSync(join(machines, `${slug}.asl.json`), "utf8"),
      ...readTriggers(join(machines, "triggers", `${slug}.json`)),
      documents: readDocuments(join(root, "runbooks", slug)),
      page: readFileSync(join(root, "runbooks", slug, "README.md"), "utf8"),
    })),
    contracts: namesIn(contracts, ".json").map((name) => readContract(join(contracts, `${name}.json`))),
  };
}

function namesIn(folder: string, ending: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(ending));
  return files.map((file) => file.slice(0, -ending.length)).sort();
}

function readTriggers(file: string): Pick<Runbook, "rules" | "pipes"> {
  const triggers = JSON.parse(readFileSync(file, "utf8")) as Partial<Pick<Runbook, "rules" | "pipes">>;
  return { rules: triggers.rules ?? [], pipes: triggers.pipes ?? [] };
}

function readDocuments(folder: string): Record<string, string> {
  const ending = ".automation.yaml";
  const names = existsSync(folder) ? namesIn(folder, ending) : [];
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name + ending), "utf8")]));
}

function readContract(file: string): Contract {
  const { name, actions } = JSON.parse(readFileSync(file, "utf8")) as Contract;
  return { name, actions };
}

/** The states of a definition, those within Map and Parallel too. */
export function statesOf({ definition }: Runbook): readonly State[] {
  return statesWithin(JSON.parse(definition) as Machine);
}

/** The activity that an execution asks for first. */
export function firstActivity(runbook: Runbook): string | undefined {
  const machine = JSON.parse(runbook.definition) as Machine;
  return placeholdersIn(machine.States[machine.StartAt]?.Resource ?? "")[0];
}

/** The names of the `${…}` in a text, each once. */
export function placeholdersIn(text: string): string[] {
  return [...new Set([...text.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1] ?? ""))];
}

interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A state, as far as a deployment asks. */
export interface State {
  readonly Resource?: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly ItemProcessor?: Machine;
  readonly Iterator?: Machine;
  readonly Branches?: readonly Machine[];
}

function statesWithin(machine: Machine): State[] {
  return Object.values(machine.States).flatMap((state) => {
    const inner = [state.ItemProcessor, state.Iterator, ...(state.Branches ?? [])];
    return [state, ...inner.flatMap((one) => (one === undefined ? [] : statesWithin(one)))];
  });
}
