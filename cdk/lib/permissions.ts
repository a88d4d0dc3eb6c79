import { Aws } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";

import type { Configuration } from "./configuration";

/** The switch for automatic acts. Where there is no such parameter nothing acts by itself, so a new deployment waits for `falconer resume`. */
export const SWITCH = "/falconer/automatic";

/** What install-sensor keeps between its states. */
export const INSTALL_PARAMETERS = "/falconer/install/*";

/** Where actions are allowed. */
export interface Where {
  readonly configuration: Configuration;
  /** One region, or `*`: a role is the same in every region. */
  readonly region: string;
  /** The parameters of Systems Manager that may be read. */
  readonly readable: readonly string[];
}

/** On what an action is allowed, and when. */
interface Scope {
  readonly on: (where: Where) => readonly string[];
  readonly when?: (where: Where) => Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * The scope of each action that a contract names; there is no other place that allows one. Which resources an action knows stands in
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html.
 */
export const SCOPES: Readonly<Record<string, Scope>> = {
  // Config's queries and evaluations know no resources; an aggregator's ARN ends in an id that only Config knows.
  "config:PutEvaluations": { on: everything },
  "config:SelectAggregateResourceConfig": { on: arns("config", "config-aggregator/*") },
  "config:SelectResourceConfig": { on: everything },

  // What encrypts Falcon's credentials is the organization's to choose; only the two services that hold them may ask with this role.
  "kms:Decrypt": {
    on: arns("kms", "key/*"),
    when: ({ region }) => ({ StringLike: { "kms:ViaService": [`ssm.${region}.*`, `secretsmanager.${region}.*`] } }),
  },

  "network-firewall:DescribeFirewall": { on: arns("network-firewall", "firewall/*") },
  "network-firewall:DescribeFlowOperation": { on: arns("network-firewall", "firewall/*") },
  "network-firewall:DescribeRuleGroup": { on: ruleGroups },
  "network-firewall:ListFirewalls": { on: everything },
  "network-firewall:StartFlowFlush": { on: arns("network-firewall", "firewall/*") },
  "network-firewall:UpdateRuleGroup": { on: ruleGroups },

  "secretsmanager:GetSecretValue": { on: secrets },

  // Into the account's own default product, and no other: a finding under CrowdStrike's would act by itself.
  "securityhub:BatchImportFindings": { on: arns("securityhub", `product/${Aws.ACCOUNT_ID}/default`) },
  // The two Security Hubs, CSPM and the new one, share the names of the actions.
  "securityhub:BatchUpdateFindings": { on: arns("securityhub", "hub/default", "hubv2/*") },
  "securityhub:GetFindings": { on: arns("securityhub", "hub/default", "hubv2/*") },

  // A command's ids are the service's own; what may be sent is bounded by SendCommand.
  "ssm:CancelCommand": { on: everything },
  "ssm:DeleteParameter": { on: arns("ssm", `parameter${INSTALL_PARAMETERS}`) },
  "ssm:DescribeInstanceInformation": { on: everything },
  "ssm:GetAutomationExecution": { on: arns("ssm", "automation-execution/*") },
  "ssm:GetInventory": { on: everything },
  "ssm:GetParameter": { on: (where) => where.readable.map((name) => arn(where, "ssm", `parameter${name}`)) },
  "ssm:ListCommandInvocations": { on: everything },
  "ssm:ListCommands": { on: everything },
  "ssm:PutParameter": { on: arns("ssm", `parameter${INSTALL_PARAMETERS}`) },
  "ssm:SendCommand": {
    on: (where) => [
      `arn:${Aws.PARTITION}:ssm:${where.region}::document/AWS-ConfigureAWSPackage`,
      arn(where, "ec2", "instance/*"),
      arn(where, "ssm", "managed-instance/*"),
    ],
  },
  "ssm:StartAutomationExecution": {
    on: ({ region }) => ["automation-definition", "document"].map((kind) => `arn:${Aws.PARTITION}:ssm:${region}:*:${kind}/CrowdStrike-FalconSensorDeploy*`),
  },
  "ssm:StopAutomationExecution": { on: arns("ssm", "automation-execution/*") },

  // The role of that name, and only where it belongs to the organization.
  "sts:AssumeRole": {
    on: ({ configuration }) => [`arn:${Aws.PARTITION}:iam::*:role/${configuration.members.role}`],
    when: ({ configuration }) => ({ StringEquals: { "aws:ResourceOrgID": configuration.hub.organization } }),
  },
};

/**
 * The statements that allow actions, one for each that has anything to be allowed on.
 *
 * @throws Error that names an action without a scope.
 */
export function statements(actions: Iterable<string>, where: Where): PolicyStatement[] {
  return [...new Set(actions)].toSorted().flatMap((action) => {
    const scope = SCOPES[action] ?? unknown(action);
    const resources = [...scope.on(where)];
    return resources.length === 0 ? [] : [new PolicyStatement({ actions: [action], resources, conditions: scope.when?.(where) ?? {} })];
  });
}

/** The parameters that Falcon's credentials are read from. A secret is read by way of a parameter, too. */
const SECRET = "/aws/reference/secretsmanager/";

function secrets(where: Where): string[] {
  const names = where.readable.filter((name) => name.startsWith(SECRET)).map((name) => name.slice(SECRET.length));
  // Secrets Manager adds a hyphen and six characters of its own.
  return names.map((name) => arn(where, "secretsmanager", `secret:${name}-??????`));
}

function ruleGroups(where: Where): string[] {
  const { blockGroups, huntGroup } = where.configuration.firewall;
  return [...blockGroups, huntGroup].map(({ name }) => arn(where, "network-firewall", `stateful-rulegroup/${name}`));
}

function everything(): string[] {
  return ["*"];
}

function arns(service: string, ...resources: readonly string[]): (where: Where) => string[] {
  return (where) => resources.map((resource) => arn(where, service, resource));
}

function arn({ region }: Where, service: string, resource: string): string {
  return `arn:${Aws.PARTITION}:${service}:${region}:${Aws.ACCOUNT_ID}:${resource}`;
}

function unknown(action: string): never {
  throw new Error(`a contract names the action ${action}, which has no scope in cdk/lib/permissions.ts`);
}
