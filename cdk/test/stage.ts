import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { Template } from "aws-cdk-lib/assertions";

import { type Configuration, parseConfiguration, readConfiguration } from "../lib/configuration";
import { deploy, deploymentApp } from "../lib/deployment";
import { type House, readHouse } from "../lib/house";

/** The folder cdk/, seen from build/test. */
export const CDK = resolve(__dirname, "../..");

/** example.json, with changes to its members. */
export function example(changes: Record<string, unknown> = {}): Configuration {
  return parseConfiguration({ ...exampleJson(), ...changes });
}

export function exampleJson(): Record<string, Record<string, unknown>> {
  return JSON.parse(readFileSync(join(CDK, "example.json"), "utf8")) as Record<string, Record<string, unknown>>;
}

/** In AWS GovCloud (US), where every choice is the other one: the processor, the key, the secret, the accounts, the remediation. */
export function inGovCloud(): Configuration {
  return readConfiguration(join(CDK, "test/fixtures/govcloud.json"));
}

const made = new Map<string, ReadonlyMap<string, Template>>();

/** What a deployment is made of: each stack's template, by the stack's name. The same is made once. */
export function templates(configuration = example(), house: House = readHouse()): ReadonlyMap<string, Template> {
  const key = JSON.stringify([configuration, house]);
  const found = made.get(key) ?? synthesized(configuration, house);
  made.set(key, found);
  return found;
}

function synthesized(configuration: Configuration, house: House): ReadonlyMap<string, Template> {
  const folder = mkdtempSync(join(tmpdir(), "falconer-cdk-"));
  try {
    const app = deploymentApp(folder);
    deploy(app, configuration, house);
    const { stacks } = app.synth();
    return new Map(stacks.map(({ stackName, template }) => [stackName, Template.fromJSON(template as Record<string, unknown>)]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The template of the hub. */
export function hub(configuration = example(), house: House = readHouse()): Template {
  return template("falconer-hub", configuration, house);
}

/** The template of one stack. */
export function template(name: string, configuration = example(), house: House = readHouse()): Template {
  const found = templates(configuration, house).get(name);
  if (found === undefined) {
    throw new Error(`there is no stack ${name}`);
  }
  return found;
}

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

/** The resources of a type, by their logical ids. */
export function resources(of: Template, type: string): ReadonlyMap<string, Resource> {
  return new Map(Object.entries(of.findResources(type) as Record<string, Resource>));
}

/** The properties of each resource of a type. */
export function properties(of: Template, type: string): readonly Resource["Properties"][] {
  return [...resources(of, type).values()].map(({ Properties }) => Properties);
}

/** A statement of a policy. */
export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** A policy of roles. */
export interface Policy {
  /** The logical ids of its roles. */
  readonly roles: readonly string[];
  readonly statements: readonly Statement[];
}

/** Every policy of a template: those within a role, and those to which CDK moves what a role has no room for. */
export function policies(of: Template): readonly Policy[] {
  return ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"]
    .flatMap((type) => properties(of, type))
    .map(({ Roles, PolicyDocument }) => ({
      roles: (Roles as { Ref: string }[]).map(({ Ref }) => Ref),
      statements: (PolicyDocument as { Statement: Statement[] }).Statement,
    }));
}

/** The statements that a template gives to a role whose logical id begins so. */
export function statementsOf(of: Template, role: string): readonly Statement[] {
  return policies(of).flatMap(({ roles, statements }) => (roles.some((one) => one.startsWith(role)) ? statements : []));
}

/** What a policy's member may be, one or many. */
export function many<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
