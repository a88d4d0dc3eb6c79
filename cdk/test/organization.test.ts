import assert from "node:assert/strict";
import { test } from "node:test";

import { LONGEST_TEMPLATE } from "../lib/member-stack";
import { example, exampleJson, hub, inGovCloud, properties, resources, template, templates } from "./stage";

const HOME = "falconer-management-eu-central-1";

test("there is a stack for the hub, each further region, each region of the management account, and a member", () => {
  assert.deepEqual([...templates().keys()].toSorted(), [
    "falconer-hub",
    "falconer-management-eu-central-1",
    "falconer-management-us-east-1",
    "falconer-member",
    "falconer-region-us-east-1",
    "falconer-remediation",
  ]);
});

test("Organizations tells its events in one region of each partition", () => {
  assert.ok(templates(inGovCloud()).has("falconer-management-us-gov-west-1"));
  assert.ok(!templates(inGovCloud()).has("falconer-management-us-east-1"));
  const [rule] = properties(template("falconer-management-us-east-1"), "AWS::Events::Rule");
  assert.deepEqual(rule?.["EventPattern"], {
    source: ["aws.organizations"],
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: { eventName: ["CloseAccount", "RemoveAccountFromOrganization"] },
  });
});

test("Control Tower's events are forwarded as services tell them, and not its API calls", () => {
  const [rule] = properties(template(HOME), "AWS::Events::Rule");
  assert.deepEqual(rule?.["EventPattern"], {
    source: ["aws.controltower"],
    "detail-type": ["AWS Service Event via CloudTrail"],
    detail: { eventName: ["CreateManagedAccount", "UpdateManagedAccount"] },
  });
});

test("what is forwarded goes to the hub's bus, by a role that the bus knows, and not lost on the way", () => {
  for (const name of [HOME, "falconer-management-us-east-1", "falconer-region-us-east-1"]) {
    const [target] = properties(template(name), "AWS::Events::Rule").flatMap(({ Targets }) => Targets as Record<string, unknown>[]);
    assert.match(JSON.stringify(target?.["Arn"]), /:events:eu-central-1:111122223333:event-bus\/falconer"/, name);
    assert.ok(target && "DeadLetterConfig" in target && "RetryPolicy" in target && "RoleArn" in target, name);
    const roles = properties(template(name), "AWS::IAM::Role").map(({ RoleName }) => RoleName);
    assert.ok(roles.some((role) => typeof role === "string" && role.startsWith("falconer-forward-events-")), name);
  }
});

test("a member may put on the bus what members say, and the management account what its services tell", () => {
  const statements = properties(hub(), "AWS::Events::EventBusPolicy").map(({ Statement }) => Statement as Record<string, unknown>);
  const [members, management] = statements;
  assert.deepEqual(members?.["Condition"], {
    StringEquals: { "aws:PrincipalOrgID": "o-exampleorgid" },
    "ForAllValues:StringEquals": { "events:source": ["falconer.member"], "events:detail-type": ["Falconer Install Requested"] },
    Null: { "events:source": "false", "events:detail-type": "false" },
  });
  assert.match(JSON.stringify(management?.["Condition"]), /999988887777:role\/falconer-forward-events-\*/);
  assert.equal(statements.length, 2);
});

test("a region's own bus takes nothing of the management account", () => {
  assert.equal(resources(template("falconer-region-us-east-1"), "AWS::Events::EventBusPolicy").size, 1);
});

test("each region of the members has the function that their Config rules call, under one name", () => {
  for (const name of ["falconer-hub", "falconer-region-us-east-1"]) {
    template(name).hasResourceProperties("AWS::Lambda::Function", {
      FunctionName: "falconer-sensor",
      Environment: { Variables: { HUB_REGION: "eu-central-1" } },
    });
  }
});

test("named accounts may call the function each by itself; without names the rules of all may", () => {
  const permissions = (configuration = example()): unknown[] =>
    properties(hub(configuration), "AWS::Lambda::Permission").map(({ Principal, SourceAccount }) => [Principal, SourceAccount]);
  assert.deepEqual(permissions(), [["config.amazonaws.com", undefined]]);
  const members = { ...exampleJson()["members"], ruleAccounts: ["444455556666", "777788889999"] };
  assert.deepEqual(permissions(example({ members })), [
    ["config.amazonaws.com", "444455556666"],
    ["config.amazonaws.com", "777788889999"],
  ]);
});

test("members get the role and the documents by a StackSet that follows who joins and who leaves", () => {
  template(HOME).hasResourceProperties("AWS::CloudFormation::StackSet", {
    StackSetName: "falconer-member",
    PermissionModel: "SERVICE_MANAGED",
    AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
    StackInstancesGroup: [{ DeploymentTargets: { OrganizationalUnitIds: ["r-exam"], Accounts: ["111122223333"], AccountFilterType: "DIFFERENCE" }, Regions: ["eu-central-1", "us-east-1"] }],
  });
});

test("a StackSet's template is small enough, and has no transform, no nested stack, no asset and no parameter", () => {
  for (const { TemplateBody, StackSetName } of properties(template(HOME), "AWS::CloudFormation::StackSet")) {
    const body = JSON.stringify(TemplateBody);
    assert.ok(body.length < LONGEST_TEMPLATE, `${String(StackSetName)}: ${body.length}`);
    assert.doesNotMatch(body, /Transform|AWS::CloudFormation::Stack|cdk-hnb659fds|Parameters\\":\{\\"Bootstrap/, String(StackSetName));
  }
});

test("what IAM has once for all regions is made in the members' first region alone", () => {
  const member = template("falconer-member", example());
  for (const type of ["AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"]) {
    for (const [id, resource] of resources(member, type)) {
      assert.equal((resource as unknown as { Condition?: string }).Condition, "IsHome", id);
    }
  }
  assert.deepEqual(member.toJSON()["Conditions"], { IsHome: { "Fn::Equals": [{ Ref: "AWS::Region" }, "eu-central-1"] } });
});

test("the remediation stands apart from the role, since Config refuses it until the rule is there", () => {
  template("falconer-member").resourceCountIs("AWS::Config::RemediationConfiguration", 0);
  template("falconer-remediation").hasResourceProperties("AWS::Config::RemediationConfiguration", {
    ConfigRuleName: "falconer-sensor",
    TargetId: "falconer-install-sensor",
    Automatic: false,
    Parameters: { InstanceId: { ResourceValue: { Value: "RESOURCE_ID" } }, Automatic: { StaticValue: { Values: ["false"] } } },
  });
  const members = { ...exampleJson()["members"], remediation: "none" };
  assert.ok(!templates(example({ members })).has("falconer-remediation"));
});

test("the remediation gives the document every parameter that has no default", () => {
  const member = template("falconer-member");
  const [document] = properties(member, "AWS::SSM::Document").map(({ Content }) => Content as { parameters: Record<string, { default?: string }> });
  const needed = Object.entries(document?.parameters ?? {}).filter(([, parameter]) => parameter.default === undefined);
  const [remediation] = properties(template("falconer-remediation"), "AWS::Config::RemediationConfiguration");
  for (const [name] of needed) {
    assert.ok(name in (remediation?.["Parameters"] as object), name);
  }
});
