import assert from "node:assert/strict";
import { test } from "node:test";

import type { Configuration } from "../lib/configuration";
import { example, exampleJson, hub, many, policies, type Resource, resources } from "./stage";

const GROUP = "Custom::FalconerRuleGroup";

function groupsOf(configuration: Configuration): ReadonlyMap<string, Resource> {
  return resources(hub(configuration), GROUP);
}

function withFirewall(changes: Record<string, unknown>): Configuration {
  return example({ firewall: { ...exampleJson()["firewall"], ...changes } });
}

const block = (name: string, capacity = 10_000): unknown => ({ name, capacity });

test("a rule group is made by a call of its creation, and no update or removal has a call to make", () => {
  for (const [id, group] of groupsOf(example())) {
    assert.ok("Create" in group.Properties, id);
    assert.ok(!("Update" in group.Properties) && !("Delete" in group.Properties), id);
    assert.deepEqual([group.DeletionPolicy, group.UpdateReplacePolicy], ["Retain", "Retain"], id);
  }
});

test("CloudFormation knows no rule group of its own", () => {
  hub().resourceCountIs("AWS::NetworkFirewall::RuleGroup", 0);
});

test("the deployment's own role can neither write nor delete a rule group", () => {
  const actions = policies(hub())
    .flatMap(({ statements }) => statements)
    .flatMap(({ Action }) => many(Action))
    .filter((action) => /^network-firewall:(Create|Delete|Tag|Put|Associate)/.test(action));
  assert.deepEqual([...new Set(actions)].toSorted(), ["network-firewall:CreateRuleGroup", "network-firewall:TagResource"]);
});

test("growth adds a group and leaves every other resource of the ledger as it is", () => {
  const before = groupsOf(withFirewall({ blockGroups: [block("falconer-block")] }));
  const after = groupsOf(withFirewall({ blockGroups: [block("falconer-block"), block("falconer-block-2")] }));
  for (const [id, group] of before) {
    assert.deepEqual(after.get(id), group, id);
  }
  assert.equal(after.size, before.size + 2, "one call that makes the group, and one that finds it");
});

test("whatever changes in the configuration, a group keeps its resource and its physical id", () => {
  const identities = (configuration: Configuration): Record<string, unknown> =>
    Object.fromEntries([...groupsOf(configuration)].map(([id, { Properties }]) => [id, physicalId(Properties["Create"])]));
  const before = identities(withFirewall({ blockGroups: [block("a"), block("b")] }));
  const changes = [
    { blockGroups: [block("b"), block("a")] },
    { blockGroups: [block("a", 30_000), block("b", 1)] },
    { blockGroups: [block("a"), block("b")], ruleOrder: "DEFAULT_ACTION_ORDER" },
    { blockGroups: [block("a"), block("b")], homeNetworks: [] },
  ];
  for (const change of changes) {
    assert.deepEqual(identities(withFirewall(change)), before, JSON.stringify(change));
  }
  assert.deepEqual(identities({ ...withFirewall({ blockGroups: [block("a"), block("b")] }), encryption: "shared-key" }), before);
});

test("capacity, HOME_NET and rule order are those of the configuration, and there is no rule", () => {
  const firewall = { blockGroups: [block("falconer-block", 30_000)], ruleOrder: "DEFAULT_ACTION_ORDER", homeNetworks: ["10.0.0.0/8"] };
  const calls = [...groupsOf(withFirewall(firewall)).values()].map(({ Properties }) => Properties["Create"]);
  const call = calls.filter((one) => typeof one === "string").map((one) => JSON.parse(one) as { parameters: Record<string, unknown> })[0];
  assert.deepEqual(call?.parameters["Capacity"], 30_000);
  assert.deepEqual(call.parameters["RuleGroup"], {
    RuleVariables: { IPSets: { HOME_NET: { Definition: ["10.0.0.0/8"] } } },
    RulesSource: { RulesString: "# Falconer writes its rules below.\n" },
    StatefulRuleOptions: { RuleOrder: "DEFAULT_ACTION_ORDER" },
  });
});

function physicalId(create: unknown): unknown {
  const text = typeof create === "string" ? create : JSON.stringify(create);
  return /physicalResourceId\\?":\{\\?"id\\?":\\?"([^"\\]+)/.exec(text)?.[1] ?? assert.fail(text);
}
