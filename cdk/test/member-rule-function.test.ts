import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { SOURCE } from "../lib/member-rule-function";

interface Start {
  readonly stateMachineArn: string;
  readonly name: string;
  readonly input: string;
}

/** As much of Step Functions as the function meets: a name is taken once. */
class StepFunctions {
  readonly executions = new Map<string, Start>();
  readonly regions = new Set<string>();
  broken = false;

  /** What `require` gives the function. */
  readonly modules = (name: string): unknown => {
    if (name !== "@aws-sdk/client-sfn") {
      return createRequire(__filename)(name);
    }
    const { executions, regions } = this;
    const isBroken = (): boolean => this.broken;
    return {
      SFNClient: class {
        constructor({ region }: { region: string }) {
          regions.add(region);
        }
        send({ start }: { start: Start }): Promise<void> {
          const failure = isBroken() ? "ServiceUnavailable" : executions.has(start.name) ? "ExecutionAlreadyExists" : undefined;
          executions.set(start.name, executions.get(start.name) ?? start);
          return failure === undefined ? Promise.resolve() : Promise.reject(Object.assign(new Error(failure), { name: failure }));
        }
      },
      StartExecutionCommand: class {
        constructor(readonly start: Start) {}
      },
    };
  };
}

const MACHINE = "arn:aws:states:eu-central-1:111122223333:stateMachine:check-compliance";

function handlerOn(service: StepFunctions): (event: object) => Promise<void> {
  const exports: { handler?: (event: object) => Promise<void> } = {};
  const env = { STATE_MACHINE_ARN: MACHINE, HUB_REGION: "eu-central-1" };
  runInNewContext(SOURCE, { require: service.modules, exports, process: { env } });
  return exports.handler ?? assert.fail("the function has no handler");
}

const event = {
  configRuleArn: "arn:aws:config:us-east-1:444455556666:config-rule/config-rule-0123456",
  invokingEvent: '{"messageType":"ScheduledNotification"}',
  resultToken: "token",
};

test("a call of a Config rule starts check-compliance in the hub's region, with the event as it came", async () => {
  const service = new StepFunctions();
  await handlerOn(service)(event);
  const [start] = service.executions.values();
  assert.deepEqual([...service.regions], ["eu-central-1"]);
  assert.equal(start?.stateMachineArn, MACHINE);
  assert.deepEqual(JSON.parse(start.input), event);
  assert.ok(start.name.length <= 80, "the longest name of an execution");
});

test("a call that comes twice is one execution, and another call is another", async () => {
  const service = new StepFunctions();
  const handler = handlerOn(service);
  await handler(event);
  await handler(event);
  assert.equal(service.executions.size, 1);
  await handler({ ...event, resultToken: "another" });
  assert.equal(service.executions.size, 2);
});

test("an execution that could not be started fails the call, so that Lambda tries it again", async () => {
  const service = new StepFunctions();
  service.broken = true;
  await assert.rejects(handlerOn(service)(event), /ServiceUnavailable/);
});

test("the function is small enough to stand in a template", () => {
  assert.ok(SOURCE.length < 4096);
});
