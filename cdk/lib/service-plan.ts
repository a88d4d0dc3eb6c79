import type { Actions, Contract, House, Runbook } from "./house";
import { placeholdersIn } from "./house";

/** The two services of workers, so that the part that can change a firewall cannot install software. */
export type ServiceName = "firewall" | "sensors";

/** A worker's service: the runbooks it serves, and what their activities may call. */
export interface ServicePlan {
  readonly name: ServiceName;
  readonly runbooks: readonly Runbook[];
  /** The activities that it polls. One that runbooks of both services use is polled by both. */
  readonly activities: readonly string[];
  readonly actions: Actions;
}

/** Which service works on which activities. A runbook of which any activity calls Network Firewall belongs to `firewall`. */
export function services({ runbooks, contracts }: House): readonly ServicePlan[] {
  const known = new Map(contracts.map((contract) => [contract.name, contract]));
  const used = (runbook: Runbook): Contract[] => placeholdersIn(runbook.definition).flatMap((name) => known.get(name) ?? []);
  const isOfFirewall = (runbook: Runbook): boolean => used(runbook).some(({ actions }) => actions.own.some(callsFirewall));
  const plan = (name: ServiceName, of: readonly Runbook[]): ServicePlan => {
    const activities = new Map(of.flatMap(used).map((contract) => [contract.name, contract]));
    return { name, runbooks: of, activities: [...activities.keys()].toSorted(), actions: union([...activities.values()]) };
  };
  const plans = [
    plan("firewall", runbooks.filter(isOfFirewall)),
    plan("sensors", runbooks.filter((runbook) => !isOfFirewall(runbook))),
  ];
  return plans.filter(({ activities }) => activities.length > 0);
}

/** Everything that some contract names. */
export function union(contracts: readonly Contract[]): Actions {
  const all = (kind: keyof Actions): string[] => [...new Set(contracts.flatMap(({ actions }) => actions[kind]))].toSorted();
  return { own: all("own"), assumed: all("assumed") };
}

function callsFirewall(action: string): boolean {
  return action.startsWith("network-firewall:");
}
