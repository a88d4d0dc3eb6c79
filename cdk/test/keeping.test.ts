import assert from "node:assert/strict";
import { test } from "node:test";

import { example, inGovCloud, hub, properties, resources, templates } from "./stage";

test("what the organization cannot get again stays when the stack goes, and nothing else", () => {
  const stays = new Set<string>();
  for (const template of templates({ ...example(), encryption: "shared-key" }).values()) {
    const all = template.toJSON()["Resources"] as Record<string, { Type: string; DeletionPolicy?: string }>;
    for (const { Type, DeletionPolicy } of Object.values(all)) {
      if (DeletionPolicy?.startsWith("Retain") === true) {
        stays.add(Type);
      }
    }
  }
  assert.deepEqual([...stays].toSorted(), ["AWS::EFS::FileSystem", "AWS::KMS::Key", "Custom::FalconerRuleGroup"]);
});

test("every log is kept as long as the configuration says", () => {
  for (const [name, template] of templates()) {
    for (const { LogGroupName, RetentionInDays } of properties(template, "AWS::Logs::LogGroup")) {
      assert.equal(RetentionInDays, 365, `${name} ${String(LogGroupName)}`);
    }
  }
});

test("with a key of one's own there is one, and everything that Falconer writes down is encrypted with it", () => {
  const template = hub(inGovCloud());
  const [key, ...others] = resources(template, "AWS::KMS::Key").keys();
  assert.ok(key !== undefined && others.length === 0);
  const encrypted = [
    ["AWS::SNS::Topic", "KmsMasterKeyId"],
    ["AWS::SQS::Queue", "KmsMasterKeyId"],
    ["AWS::Logs::LogGroup", "KmsKeyId"],
    ["AWS::EFS::FileSystem", "KmsKeyId"],
    ["AWS::Events::EventBus", "KmsKeyIdentifier"],
  ] as const;
  for (const [type, property] of encrypted) {
    const found = properties(template, type);
    assert.ok(found.length > 0, type);
    for (const resource of found) {
      assert.match(JSON.stringify(resource[property]), new RegExp(`"${key}"`), type);
    }
  }
});

test("everything that can be billed or asked for its owner bears the tag", () => {
  const types = [
    "AWS::ECS::Cluster",
    "AWS::ECS::Service",
    "AWS::EFS::FileSystem",
    "AWS::Events::EventBus",
    "AWS::IAM::Role",
    "AWS::Kinesis::Stream",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::StepFunctions::Activity",
    "AWS::StepFunctions::StateMachine",
  ];
  for (const type of types) {
    for (const [id, { Properties }] of resources(hub(), type)) {
      const tags = ((Properties["Tags"] ?? Properties["FileSystemTags"]) as { Key: string; Value: string }[] | undefined) ?? [];
      assert.ok(tags.some(({ Key, Value }) => Key === "falconer" && Value === "deployment"), `${type} ${id}`);
    }
  }
});
