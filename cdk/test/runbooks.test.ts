import assert from "node:assert/strict";
import { test } from "node:test";

import { placeholdersIn, readHouse } from "../lib/house";
import { example, exampleJson, hub, many, policies, properties, resources, statementsOf } from "./stage";

const house = readHouse();
const MACHINE = "AWS::StepFunctions::StateMachine";

test("there is an activity for each contract", () => {
  const names = properties(hub(), "AWS::StepFunctions::Activity").map(({ Name }) => Name);
  assert.deepEqual(names.toSorted(), house.contracts.map(({ name }) => name));
});

test("each definition is deployed as it stands, and every placeholder of it has its substitution", () => {
  const machines = new Map(properties(hub(), MACHINE).map((machine) => [machine["StateMachineName"], machine]));
  assert.deepEqual([...machines.keys()].toSorted(), house.runbooks.map(({ slug }) => slug));
  for (const { slug, definition } of house.runbooks) {
    const machine = machines.get(slug);
    assert.equal(machine?.["DefinitionString"], definition, slug);
    assert.deepEqual(Object.keys(machine["DefinitionSubstitutions"] as object).toSorted(), placeholdersIn(definition).toSorted(), slug);
  }
});

test("a placeholder that stands for nothing stops the synthesis and is named", () => {
  const [runbook] = house.runbooks;
  assert.ok(runbook);
  const definition = runbook.definition.replace(/\$\{[A-Z]\w+\}/, "${NoSuchActivity}");
  assert.throws(() => hub(example(), { ...house, runbooks: [{ ...runbook, definition }] }), /\$\{NoSuchActivity\}/);
});

test("executions are traced and logged, and what attackers wrote stays out of the log unless asked for", () => {
  for (const { StateMachineName, TracingConfiguration, LoggingConfiguration } of properties(hub(), MACHINE)) {
    assert.deepEqual(TracingConfiguration, { Enabled: true }, String(StateMachineName));
    const { IncludeExecutionData, Level } = LoggingConfiguration as Record<string, unknown>;
    assert.deepEqual([IncludeExecutionData, Level], [false, "ALL"], String(StateMachineName));
  }
});

test("a new activity and a new runbook need no change here", () => {
  const slug = "count-sheep";
  const definition = JSON.stringify({ StartAt: "Count", States: { Count: { Type: "Task", Resource: "${CountSheep}", End: true } } });
  const runbook = { slug, definition, rules: [{ name: "nightly", description: "Every night.", schedule: "rate(1 day)" }], pipes: [], documents: {}, page: "## When it fails\n" };
  const contract = { name: "CountSheep", actions: { own: [], assumed: [] } };
  const grown = hub(example(), { runbooks: [...house.runbooks, runbook], contracts: [...house.contracts, contract] });
  grown.hasResourceProperties("AWS::StepFunctions::Activity", { Name: "CountSheep" });
  grown.hasResourceProperties(MACHINE, { StateMachineName: slug });
  grown.hasResourceProperties("AWS::Events::Rule", { Name: "nightly", ScheduleExpression: "rate(1 day)" });
});

test("every rule has its dead-letter queue, a retry policy, and the role of its own runbook", () => {
  const rules = [...resources(hub(), "AWS::Events::Rule").values()].map(({ Properties }) => Properties);
  const triggers = house.runbooks.flatMap((runbook) => runbook.rules.map(({ name }) => name));
  assert.deepEqual(rules.map(({ Name }) => Name).toSorted(), [...triggers, "falconer-execution-failures"].toSorted());
  for (const { Name, Targets } of rules) {
    for (const target of Targets as Record<string, unknown>[]) {
      assert.ok("DeadLetterConfig" in target && "RetryPolicy" in target, String(Name));
    }
  }
});

test("nobody but its own rules' role and the operators may start contain-finding", () => {
  const starters = policies(hub()).filter(({ statements }) => {
    const starts = statements.filter(({ Action }) => many(Action).some((action) => /^states:(Start\w*Execution|\*)|^\*/.test(action)));
    return starts.some(({ Resource }) => /containfindingStateMachine|contain-finding|"\*"/.test(JSON.stringify(Resource)));
  });
  const roles = starters.flatMap((policy) => policy.roles);
  assert.deepEqual(roles.map((role) => role.replace(/[0-9A-F]{8}$/, "")), ["containfindingTriggersRole", "OperatorsRole"]);
});

test("a state machine may call what its states call, and nothing else", () => {
  const actions = (slug: string): string[] =>
    [...new Set(statementsOf(hub(), `${slug}StateMachineRole`).flatMap(({ Action }) => many(Action)))]
      .filter((action) => !/^(logs|xray):/.test(action))
      .toSorted();
  assert.deepEqual(actions("containfinding"), ["sns:Publish"]);
  assert.deepEqual(actions("checkcompliance"), ["sns:Publish", "states:StartExecution"]);
});

test("the pipe of the alert log is there where a log group is named, and only there", () => {
  hub().hasResourceProperties("AWS::Pipes::Pipe", {
    Name: "report-hits-alerts",
    SourceParameters: { KinesisStreamParameters: { BatchSize: 100, MaximumBatchingWindowInSeconds: 60 } },
  });
  const { firewall } = exampleJson();
  hub(example({ firewall: { ...firewall, alertLogGroup: undefined } })).resourceCountIs("AWS::Kinesis::Stream", 0);
});
