import { Stack, Token } from "aws-cdk-lib";
import { type IRole, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";

import { acknowledge } from "./acknowledgements";

/** What a role may do. */
export interface Grant {
  readonly actions: readonly string[];
  readonly on: readonly string[];
  readonly when?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  /** Why it cannot be narrower, if a resource has a `*`. */
  readonly why?: string | undefined;
}

/** Lets a role do something, and answers cdk-nag's question why a resource has a `*`. */
export function grant(role: IRole, ...grants: readonly Grant[]): void {
  for (const { actions, on, when, why } of grants) {
    role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [...on], ...(when && { conditions: when }) }));
    for (const resource of on.map((arn) => shown(role, arn)).filter((arn) => arn.includes("*"))) {
      if (why === undefined) {
        throw new Error(`${role.node.path} may ${actions.join(", ")} on ${resource}, and nobody says why`);
      }
      acknowledge(role, `AwsSolutions-IAM5[Resource::${resource}]`, why);
    }
  }
}

/** Lets a role write and read what a key encrypts, if there is a key. */
export function grantKey(role: IRole, key: IKey | undefined): void {
  if (key !== undefined) {
    grant(role, { actions: ["kms:Decrypt", "kms:GenerateDataKey"], on: [key.keyArn] });
  }
}

/** A text as cdk-nag writes it: `<AWS::Partition>` for what only a deployment knows. */
function shown(role: IRole, text: string): string {
  return Token.isUnresolved(text) ? flattened(Stack.of(role).resolve(text)) : text;
}

function flattened(value: unknown): string {
  if (typeof value === "string") {
    return value;
  }
  const { Ref, "Fn::Join": join, "Fn::GetAtt": attribute } = value as { Ref?: string; "Fn::Join"?: [string, unknown[]]; "Fn::GetAtt"?: string[] };
  if (join !== undefined) {
    return join[1].map(flattened).join(join[0]);
  }
  return `<${Ref ?? attribute?.join(".") ?? ""}>`;
}
