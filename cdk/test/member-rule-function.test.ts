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

const MEMBER = "444455556666";

/** As much of AWS as the function meets: an organization of one account, and Step Functions, where a name is taken once. */
class World {
  readonly executions = new Map<string, Start>();
  readonly regions = new Set<string | undefined>();
  readonly asked: string[] = [];
  broken = false;

  /** What `require` gives the function. */
  modules(name: string): unknown {
    const { regions } = this;
    const answer = (call: unknown): Promise<void> => this.answer(call as Start | { AccountId: string });
    class Client {
      constructor({ region }: { region?: string }) {
        regions.add(region);
      }
      send({ input }: { input: unknown }): Promise<void> {
        return answer(input);
      }
    }
    class Command {
      constructor(readonly input: unknown) {}
    }
    const sdk = { SFNClient: Client, OrganizationsClient: Client, StartExecutionCommand: Command, DescribeAccountCommand: Command };
    return name.startsWith("@aws-sdk/") ? sdk : createRequire(__filename)(name);
  }

  private answer(call: Start | { readonly AccountId: string }): Promise<void> {
    if ("AccountId" in call) {
      this.asked.push(call.AccountId);
      return call.AccountId === MEMBER ? Promise.resolve() : fail("AccountNotFoundException");
    }
    if (this.broken) {
      return fail("ServiceUnavailable");
    }
    const isTaken = this.executions.has(call.name);
    this.executions.set(call.name, this.executions.get(call.name) ?? call);
    return isTaken ? fail("ExecutionAlreadyExists") : Promise.resolve();
  }
}

function fail(name: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(name), { name }));
}

const MACHINE = "arn:aws:states:eu-central-1:111122223333:stateMachine:check-compliance";

function handlerIn(world: World, anybodyMayCall = true): (event: object) => Promise<void> {
  const exports: { handler?: (event: object) => Promise<void> } = {};
  const env = { STATE_MACHINE_ARN: MACHINE, HUB_REGION: "eu-central-1", ANYBODY_MAY_CALL: String(anybodyMayCall) };
  runInNewContext(SOURCE, { require: (name: string) => world.modules(name), exports, process: { env } });
  return exports.handler ?? assert.fail("the function has no handler");
}

const event = {
  configRuleArn: `arn:aws:config:us-east-1:${MEMBER}:config-rule/config-rule-0123456`,
  invokingEvent: '{"messageType":"ScheduledNotification"}',
  resultToken: "token",
};

test("a call of a Config rule starts check-compliance in the hub's region, with the event as it came", async () => {
  const world = new World();
  await handlerIn(world)(event);
  const [start] = world.executions.values();
  assert.ok(world.regions.has("eu-central-1"));
  assert.equal(start?.stateMachineArn, MACHINE);
  assert.deepEqual(JSON.parse(start.input), event);
  assert.ok(start.name.length <= 80, "the longest name of an execution");
});

test("a call that comes twice is one execution, and another call is another", async () => {
  const world = new World();
  const handler = handlerIn(world);
  await handler(event);
  await handler(event);
  assert.equal(world.executions.size, 1);
  await handler({ ...event, resultToken: "another" });
  assert.equal(world.executions.size, 2);
});

test("an execution that could not be started fails the call, so that Lambda tries it again", async () => {
  const world = new World();
  world.broken = true;
  await assert.rejects(handlerIn(world)(event), /ServiceUnavailable/);
});

test("a stranger's rule starts nothing, and fails nothing for which people would be woken", async () => {
  const world = new World();
  await handlerIn(world)({ ...event, configRuleArn: event.configRuleArn.replace(MEMBER, "666666666666") });
  assert.deepEqual([world.executions.size, world.asked], [0, ["666666666666"]]);
});

test("Organizations is asked once for an account, and never where the accounts are named", async () => {
  const world = new World();
  const handler = handlerIn(world);
  await handler(event);
  await handler({ ...event, resultToken: "another" });
  assert.deepEqual([world.executions.size, world.asked], [2, [MEMBER]]);
  await handlerIn(world, false)({ ...event, resultToken: "a third" });
  assert.deepEqual([world.executions.size, world.asked], [3, [MEMBER]]);
});

test("the function is small enough to stand in a template", () => {
  assert.ok(SOURCE.length < 4096);
});
