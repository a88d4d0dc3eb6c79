import assert from "node:assert/strict";
import { test } from "node:test";

import { ConfigurationError, parseConfiguration } from "../lib/configuration";
import { example, exampleJson } from "./stage";

function problemsOf(changes: Record<string, unknown>): string[] {
  try {
    parseConfiguration({ ...exampleJson(), ...changes });
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return error.problems.map(({ key, problem }) => `${key}: ${problem}`);
  }
}

test("the example has what nobody can guess, and defaults for the rest", () => {
  const { members, firewall, services, encryption, logs } = example();
  assert.equal(members.role, "falconer-member");
  assert.deepEqual(firewall.huntGroup, { name: "falconer-hunt", capacity: 10_000 });
  assert.deepEqual(services.firewall, { cpu: 512, memory: 1024, least: 2, most: 6 });
  assert.deepEqual([encryption, logs.retention, logs.executionData], ["aws", 365, false]);
});

test("every problem is told at once, with its key", () => {
  const problems = problemsOf({
    hub: { account: "1", region: "eu-central-1", organization: "o-exampleorgid", acount: "2" },
    encryption: "none",
    logs: { retentionDays: 8 },
    management: { account: "999988887777", region: "eu-central-1" },
  });
  const keys = problems.map((problem) => problem.slice(0, problem.indexOf(":")));
  assert.deepEqual(keys.toSorted(), ["encryption", "hub.account", "hub.acount", "logs.retentionDays", "management.units"]);
  assert.match(problems.join("\n"), /hub\.acount: there is no such key; known are account, region, organization/);
});

test("an image is named by its digest, since a tag says only what somebody called so last", () => {
  const uri = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/falconer:latest";
  assert.match(problemsOf({ image: { uri } }).join(), /image\.uri: it must be an image of ECR with its digest/);
});

test("the hub is no guest of the management account", () => {
  const management = { ...exampleJson()["management"], account: exampleJson()["hub"]?.["account"] };
  assert.match(problemsOf({ management }).join(), /hub\.account: it must be another account/);
});

test("where CloudFormation has no pipes the alert log is refused, with what to do instead", () => {
  const hub = { ...exampleJson()["hub"], region: "us-gov-west-1" };
  assert.match(problemsOf({ hub }).join(), /firewall\.alertLogGroup: .*start report-hits by hand/);
});

test("two rule groups never share a name", () => {
  const group = { name: "falconer-hunt", capacity: 100 };
  assert.match(problemsOf({ firewall: { blockGroups: [group] } }).join(), /a name of its own/);
});

test("each subnet has its availability zone", () => {
  const network = { ...exampleJson()["network"], availabilityZones: ["eu-central-1a"] };
  assert.match(problemsOf({ network }).join(), /network\.availabilityZones: there must be one for each subnet/);
});
