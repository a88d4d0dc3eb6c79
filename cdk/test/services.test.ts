import assert from "node:assert/strict";
import { test } from "node:test";

import { readHouse } from "../lib/house";
import { services } from "../lib/service-plan";
import { example, exampleJson, hub, inGovCloud, properties, resources } from "./stage";

const house = readHouse();
const template = hub(example(), house);

interface Container {
  readonly Command: readonly string[];
  readonly Environment: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly [member: string]: unknown;
}

function containers(of = template): ReadonlyMap<string, Container> {
  const tasks = properties(of, "AWS::ECS::TaskDefinition");
  return new Map(tasks.map(({ Family, ContainerDefinitions }) => [String(Family), (ContainerDefinitions as [Container])[0]]));
}

function variable(family: string, name: string): unknown {
  return containers().get(family)?.Environment.find(({ Name }) => Name === name)?.Value;
}

test("each runbook is served: those that touch the firewall by one service, the others by the other", () => {
  const slugs = Object.fromEntries(services(house).map(({ name, runbooks }) => [name, runbooks.map(({ slug }) => slug)]));
  const firewall = ["contain-finding", "expire-blocks", "refresh-hunt-list", "release-block", "report-hits"];
  assert.deepEqual(slugs["firewall"], firewall);
  assert.deepEqual(slugs["sensors"], house.runbooks.map(({ slug }) => slug).filter((slug) => !firewall.includes(slug)));
});

test("a worker polls the activities of its runbooks, and every activity of a runbook has its worker", () => {
  for (const { name, activities } of services(house)) {
    assert.deepEqual(containers().get(`falconer-${name}`)?.Command, ["worker", "--activities", activities.join(",")]);
  }
  assert.deepEqual(containers().get("falconer-gateway")?.Command, ["gateway"]);
});

test("a container has no privileges, no shell to ask for its health, and nothing that it could write to", () => {
  for (const [family, container] of containers()) {
    assert.equal(container["ReadonlyRootFilesystem"], true, family);
    assert.equal(container["User"], "65532:65532", family);
    assert.deepEqual(container["LinuxParameters"], { Capabilities: { Drop: ["ALL"] }, InitProcessEnabled: false }, family);
    assert.deepEqual((container["HealthCheck"] as { Command: string[] }).Command, ["CMD", "/falconer", "health"], family);
  }
});

test("a task has longer to stop than its worker needs for what runs", () => {
  const graceSeconds = 85;
  for (const [family, container] of containers()) {
    assert.ok(Number(container["StopTimeout"]) > graceSeconds && Number(container["StopTimeout"]) <= 120, family);
  }
});

test("credentials are named, never given, and those of installs to the sensors' service alone", () => {
  const install = "FALCONER_FALCON_INSTALL_CREDENTIALS";
  assert.equal(variable("falconer-sensors", install), "/falconer/install-credentials");
  assert.equal(variable("falconer-firewall", install) ?? variable("falconer-gateway", install), undefined);
  for (const [family] of containers()) {
    assert.equal(variable(family, "FALCONER_FALCON_CREDENTIALS"), "/falconer/credentials", family);
  }
});

test("what the configuration adds reaches every container, and cannot change what the deployment knows better", () => {
  assert.equal(variable("falconer-gateway", "FALCONER_GUARD_OWN"), "10.0.0.0/8,corp.example");
  const environment = { FALCONER_FIREWALL_BLOCK_GROUPS: "another" };
  assert.throws(() => hub(example({ environment }), house), /the deployment itself says FALCONER_FIREWALL_BLOCK_GROUPS/);
});

test("tasks run in private subnets, and nobody can connect to them", () => {
  for (const { ServiceName, NetworkConfiguration } of properties(template, "AWS::ECS::Service")) {
    const { AwsvpcConfiguration } = NetworkConfiguration as { AwsvpcConfiguration: Record<string, unknown> };
    assert.deepEqual(AwsvpcConfiguration["Subnets"], exampleJson()["network"]?.["subnets"], String(ServiceName));
    assert.equal(AwsvpcConfiguration["AssignPublicIp"], "DISABLED", String(ServiceName));
  }
  const ingress = properties(template, "AWS::EC2::SecurityGroupIngress");
  assert.deepEqual(ingress.map(({ FromPort, ToPort }) => [FromPort, ToPort]), [[2049, 2049]], "only the dead letters' files, from the gateway");
  for (const { GroupDescription, SecurityGroupIngress } of properties(template, "AWS::EC2::SecurityGroup")) {
    assert.equal(SecurityGroupIngress, undefined, String(GroupDescription));
  }
});

test("the gateway is stopped before the next one starts, and a worker after", () => {
  const deployments = properties(template, "AWS::ECS::Service").map(({ ServiceName, DesiredCount, DeploymentConfiguration }) => {
    const { MinimumHealthyPercent, MaximumPercent } = DeploymentConfiguration as Record<string, unknown>;
    return [ServiceName, DesiredCount, MinimumHealthyPercent, MaximumPercent];
  });
  assert.deepEqual(deployments, [
    ["falconer-firewall", undefined, 100, 200],
    ["falconer-sensors", undefined, 100, 200],
    ["falconer-gateway", 1, 0, 100],
  ]);
});

test("the gateway's dead letters outlive its tasks and the stack, encrypted, for its user alone", () => {
  const [files] = [...resources(template, "AWS::EFS::FileSystem").values()];
  assert.deepEqual([files?.DeletionPolicy, files?.Properties["Encrypted"]], ["Retain", true]);
  template.hasResourceProperties("AWS::EFS::AccessPoint", {
    PosixUser: { Uid: "65532", Gid: "65532" },
    RootDirectory: { CreationInfo: { Permissions: "700" } },
  });
});

test("the processor is the configuration's", () => {
  const architectures = (of = template): unknown[] =>
    properties(of, "AWS::ECS::TaskDefinition").map(({ RuntimePlatform }) => (RuntimePlatform as Record<string, unknown>)["CpuArchitecture"]);
  assert.deepEqual(new Set(architectures()), new Set(["ARM64"]));
  assert.deepEqual(new Set(architectures(hub(inGovCloud(), house))), new Set(["X86_64"]));
});

test("workers grow while their slots are used up, and while executions wait", () => {
  const policies = properties(template, "AWS::ApplicationAutoScaling::ScalingPolicy").map(({ PolicyName }) => String(PolicyName));
  for (const service of ["firewall", "sensors"]) {
    for (const reason of ["SlotUse", "Waiting0"]) {
      assert.ok(policies.some((name) => name.includes(service) && name.includes(reason)), `${service} ${reason}`);
    }
  }
  assert.ok(!policies.some((name) => name.includes("gateway")), "an appId has one reader");
});

test("an upgrade changes a state machine when every worker of its service is one of the new release", () => {
  for (const { name, runbooks } of services(house)) {
    const [service] = [...resources(template, "AWS::ECS::Service")].find(([, { Properties }]) => Properties["ServiceName"] === `falconer-${name}`) ?? [];
    const machines = resources(template, "AWS::StepFunctions::StateMachine");
    for (const { slug } of runbooks) {
      const machine = [...machines.values()].find(({ Properties }) => Properties["StateMachineName"] === slug);
      assert.ok(service !== undefined && machine?.DependsOn?.includes(service), slug);
    }
  }
});
