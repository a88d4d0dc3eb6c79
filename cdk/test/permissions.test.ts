import assert from "node:assert/strict";
import { test } from "node:test";

import { type House, readHouse } from "../lib/house";
import { SCOPES } from "../lib/permissions";
import { services, union } from "../lib/service-plan";
import { example, exampleJson, hub, many, type Statement, statementsOf, template } from "./stage";

const house = readHouse();

function actionsOf(statements: readonly Statement[]): string[] {
  return [...new Set(statements.flatMap(({ Action }) => many(Action)))].toSorted();
}

/** What a service's process needs beside its activities. */
const PROTOCOL = ["states:GetActivityTask", "states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"];

test("a worker's role may do what its activities' contracts name, what its tasks' protocol needs, and nothing else", () => {
  const secretsOnly = ["secretsmanager:GetSecretValue"];
  for (const { name, actions } of services(house)) {
    const wanted = new Set([...actions.own, ...actions.assumed, ...PROTOCOL]);
    const found = actionsOf(statementsOf(hub(example(), house), `${name}Role`));
    assert.deepEqual(found, [...wanted].filter((action) => !secretsOnly.includes(action)).toSorted(), name);
  }
});

test("a worker polls its own activities, and reports by the token alone", () => {
  for (const { name, activities } of services(house)) {
    const statements = statementsOf(hub(example(), house), `${name}Role`);
    const poll = statements.find(({ Action }) => many(Action).includes("states:GetActivityTask"));
    const polled = many(poll?.Resource).map((arn) => /:activity:(\w+)/.exec(JSON.stringify(arn))?.[1]);
    assert.deepEqual(polled.toSorted(), activities, name);
    assert.equal(statements.find(({ Action }) => many(Action).includes("states:SendTaskSuccess"))?.Resource, "*", name);
  }
});

test("a secret may be read only if the configuration names one, and only that one", () => {
  const falcon = { credentials: "/aws/reference/secretsmanager/falconer", installCredentials: "/falconer/install-credentials" };
  const statements = statementsOf(hub(example({ falcon }), house), "firewallRole");
  const secret = statements.find(({ Action }) => many(Action).includes("secretsmanager:GetSecretValue"));
  assert.match(JSON.stringify(secret?.Resource), /:secret:falconer-\?{6}"/);
});

test("the part that can change a firewall cannot install software, and the reverse", () => {
  const [firewall, sensors] = ["firewallRole", "sensorsRole"].map((role) => actionsOf(statementsOf(hub(example(), house), role)));
  assert.ok(firewall?.includes("network-firewall:UpdateRuleGroup") && !firewall.some((action) => /SendCommand|StartAutomation|AssumeRole/.test(action)));
  assert.ok(sensors?.includes("ssm:SendCommand") && !sensors.some((action) => action.startsWith("network-firewall:")));
});

test("what installs are given can be read by the sensors' service alone", () => {
  const readable = (role: string): string => JSON.stringify(statementsOf(hub(example(), house), role));
  for (const parameter of ["parameter/falconer/install/\\*", "parameter/falconer/install-credentials"]) {
    assert.match(readable("sensorsRole"), new RegExp(parameter));
    assert.doesNotMatch(readable("firewallRole"), new RegExp(parameter));
    assert.doesNotMatch(readable("gatewayRole"), new RegExp(parameter));
  }
});

test("every scope is of an action that some contract names, or that the gateway calls", () => {
  const { own, assumed } = union(house.contracts);
  const named = new Set([...own, ...assumed]);
  assert.deepEqual(Object.keys(SCOPES).filter((action) => !named.has(action)), []);
});

test("an action without a scope stops the synthesis and is named", () => {
  const [first, ...rest] = house.contracts;
  assert.ok(first);
  const changed: House = { ...house, contracts: [{ ...first, actions: { own: [], assumed: ["ec2:TerminateInstances"] } }, ...rest] };
  assert.throws(() => hub(example(), changed), /ec2:TerminateInstances, which has no scope in cdk\/lib\/permissions\.ts/);
});

test("a role is assumed in accounts of the organization alone", () => {
  const assumes = statementsOf(hub(example(), house), "sensorsRole").find(({ Action }) => many(Action).includes("sts:AssumeRole"));
  assert.match(JSON.stringify(assumes?.Resource), /:iam::\*:role\/falconer-member"/);
  assert.deepEqual(assumes?.Condition, { StringEquals: { "aws:ResourceOrgID": "o-exampleorgid" } });
});

test("findings are imported under the account's own default product, and by the gateway under CrowdStrike's", () => {
  const imports = (role: string): string =>
    JSON.stringify(statementsOf(hub(example(), house), role).filter(({ Action }) => many(Action).includes("securityhub:BatchImportFindings")));
  assert.doesNotMatch(imports("firewallRole") + imports("sensorsRole"), /crowdstrike/);
  assert.match(imports("gatewayRole"), /product\/crowdstrike\/crowdstrike-falcon/);
});

test("the members' role may do what activities and the gateway do in a place, and nothing else", () => {
  const statements = statementsOf(template("falconer-member", example(), house), "Role");
  assert.deepEqual(actionsOf(statements), union(house.contracts).assumed);
});

test("the members' role trusts the roles of the hub that go into places, with the external id", () => {
  template("falconer-member", example(), house).hasResourceProperties("AWS::IAM::Role", {
    RoleName: "falconer-member",
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Action: "sts:AssumeRole",
          Effect: "Allow",
          Condition: {
            StringEquals: { "sts:ExternalId": exampleJson()["members"]?.["externalId"] },
            ArnEquals: {
              "aws:PrincipalArn": ["sensors", "gateway"].map((name) => ({
                "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, `:iam::111122223333:role/falconer-${name}`]],
              })),
            },
          },
        },
      ],
    },
  });
});
