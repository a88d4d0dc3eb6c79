import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { anchorOf } from "../lib/operations/pages";
import { readHouse } from "../lib/house";
import { CDK, example, hub, properties } from "./stage";

const template = hub(example());
const alarms = properties(template, "AWS::CloudWatch::Alarm").filter(({ AlarmName }) => AlarmName !== undefined);

test("each alarm's description ends with a page that exists, at a heading that it has", () => {
  assert.ok(alarms.length > 0);
  for (const { AlarmName, AlarmDescription } of alarms) {
    const [, page = "", anchor = ""] = /(runbooks\/\S+\.md)#(\S+)$/.exec(String(AlarmDescription)) ?? [];
    const file = join(CDK, "..", page);
    assert.ok(page !== "" && existsSync(file), `${String(AlarmName)}: ${String(AlarmDescription)}`);
    const headings = [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));
    assert.ok(headings.includes(anchor), `${String(AlarmName)}: ${page} has no heading for #${anchor}`);
  }
});

test("each alarm tells people when it goes off, and when it is over", () => {
  for (const { AlarmName, AlarmActions, OKActions } of alarms) {
    assert.match(JSON.stringify(AlarmActions), /NotificationsTopic/, String(AlarmName));
    assert.deepEqual(OKActions, AlarmActions, String(AlarmName));
  }
});

test("no alarm looks at more metrics than CloudWatch allows", () => {
  for (const { AlarmName, Metrics } of properties(template, "AWS::CloudWatch::Alarm")) {
    const metrics = ((Metrics ?? []) as { MetricStat?: unknown }[]).filter(({ MetricStat }) => MetricStat !== undefined);
    assert.ok(metrics.length <= 10, String(AlarmName));
  }
});

test("people are told of failures, of tasks without a worker, of full groups, of zones behind, of the gateway and of lost events", () => {
  const names = alarms.map(({ AlarmName }) => String(AlarmName));
  const wanted = [
    ...readHouse().runbooks.map(({ slug }) => `falconer-${slug}-failed`),
    ...["firewall", "sensors"].map((service) => `falconer-${service}-waiting`),
    ...["falconer-block", "falconer-hunt"].map((group) => `falconer-group-${group}-full`),
    "falconer-zones-behind",
    ...["lag", "disconnected", "dead-letters", "silent"].map((what) => `falconer-gateway-${what}`),
    "falconer-undelivered",
    "falconer-rule-function-failed",
  ];
  assert.deepEqual(names.toSorted(), wanted.toSorted());
});

test("a gateway that tells no numbers is one that does not run", () => {
  const silent = alarms.find(({ AlarmName }) => AlarmName === "falconer-gateway-silent");
  assert.equal(silent?.["TreatMissingData"], "breaching");
});

test("executions that failed, ran out of time or were aborted are told of, whichever runbook's they are", () => {
  const rule = properties(template, "AWS::Events::Rule").find(({ Name }) => Name === "falconer-execution-failures");
  const { source, detail } = rule?.["EventPattern"] as { source: string[]; detail: { status: string[]; stateMachineArn: unknown[] } };
  assert.deepEqual([source, detail.status], [["aws.states"], ["FAILED", "TIMED_OUT", "ABORTED"]]);
  assert.equal(detail.stateMachineArn.length, readHouse().runbooks.length);
});
