import { Aws } from "aws-cdk-lib";

import { placeholdersIn } from "./house";

/** What the placeholders of definitions and triggers stand for, by their names. */
export type Placeholders = ReadonlyMap<string, string>;

/** Those that stand for where something is deployed, and for service integrations, whose ARNs name the partition. */
export function placeholders(of: { readonly topicArn: string; readonly arns: Readonly<Record<string, string>> }): Placeholders {
  return new Map([
    ["AWS::Partition", Aws.PARTITION],
    ["AWS::Region", Aws.REGION],
    ["AWS::AccountId", Aws.ACCOUNT_ID],
    ["SnsPublishArn", `arn:${Aws.PARTITION}:states:::sns:publish`],
    ["StartExecutionArn", `arn:${Aws.PARTITION}:states:::states:startExecution`],
    ["NotificationTopicArn", of.topicArn],
    ...Object.entries(of.arns),
  ]);
}

/** `DefinitionSubstitutions` for a definition: what it names, and nothing else. */
export function substitutions(what: string, definition: string, values: Placeholders): Record<string, string> {
  return Object.fromEntries(placeholdersIn(definition).map((name) => [name, valueOf(what, name, values)]));
}

/** A JSON value with the placeholders of its texts filled in. */
export function filled(what: string, value: unknown, values: Placeholders): unknown {
  if (typeof value === "string") {
    return value.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => valueOf(what, name, values));
  }
  if (Array.isArray(value)) {
    return value.map((item) => filled(what, item, values));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, filled(what, member, values)]));
  }
  return value;
}

function valueOf(what: string, name: string, values: Placeholders): string {
  const value = values.get(name);
  if (value === undefined) {
    throw new Error(`${what} names \${${name}}, which the deployment does not have`);
  }
  return value;
}
