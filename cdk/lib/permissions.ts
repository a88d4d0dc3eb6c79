import { Aws } from "aws-cdk-lib";

import type { Configuration } from "./configuration";
import type { Grant } from "./grants";

/** The switch for automatic acts. Where there is no such parameter nothing acts by itself, so a new deployment waits for `falconer resume`. */
export const SWITCH = "/falconer/automatic";

/** What install-sensor keeps between its states, in the hub. */
export const INSTALL_PARAMETERS = "/falconer/install/*";

/** What onboard-account hands over in a member account. */
export const HANDED_OVER = "/falconer/falcon/*";

/** Where actions are allowed. */
export interface Where {
  readonly configuration: Configuration;
  /** One region, or `*`: a role is the same in every region. */
  readonly region: string;
  /** The parameters of Systems Manager that may be read, and those that may be written. */
  readonly readable: readonly string[];
  readonly writable: readonly string[];
}

/** On what an action is allowed, and when. */
interface Scope {
  readonly on: (where: Where) => readonly string[];
  readonly when?: (where: Where) => Grant["when"];
  /** Why it cannot be narrower. */
  readonly why?: string;
}

/** Why parameters are named by a pattern. */
const NAMED = "what installs are given is named after executions, and what is handed over after Falcon's own words for it";

/**
 * The scope of each action that a contract names; there is no other place that allows one. Which resources an action knows stands in
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html.
 */
export const SCOPES: Readonly<Record<string, Scope>> = {
  "config:DescribeConfigRules": { on: everything, why: "a list knows no resources" },
  "config:DescribeConfigurationRecorderStatus": { on: everything, why: "a list knows no resources" },
  "config:DescribeConfigurationRecorders": { on: everything, why: "a list knows no resources" },
  "config:DescribeDeliveryChannels": { on: everything, why: "a list knows no resources" },
  "config:PutConfigRule": { on: arns("config", "config-rule/*"), why: "the ARN ends in an id that only Config knows" },
  "config:PutConfigurationRecorder": { on: everything, why: "an account has one recorder, whose name is not ours" },
  "config:PutDeliveryChannel": { on: everything, why: "it knows no resources" },
  "config:PutEvaluations": { on: everything, why: "it knows no resources: the result token is the fence" },
  "config:SelectAggregateResourceConfig": { on: arns("config", "config-aggregator/*"), why: "the ARN ends in an id that only Config knows" },
  "config:SelectResourceConfig": { on: everything, why: "a query knows no resources" },
  "config:StartConfigurationRecorder": { on: everything, why: "an account has one recorder, whose name is not ours" },

  // Security Hub's own role, which it needs where it is switched on.
  "iam:CreateServiceLinkedRole": {
    on: () => [role("aws-service-role/securityhub.amazonaws.com/AWSServiceRoleForSecurityHub")],
    when: () => ({ StringEquals: { "iam:AWSServiceName": "securityhub.amazonaws.com" } }),
  },
  // The roles by which Config records, and by which State Manager runs CrowdStrike's document, if that is asked for.
  "iam:PassRole": {
    on: ({ configuration }) => [role("aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"), ...associationRole(configuration).map(role)],
    when: () => ({ StringEquals: { "iam:PassedToService": ["config.amazonaws.com", "ssm.amazonaws.com"] } }),
  },

  "kms:Decrypt": {
    on: arns("kms", "key/*"),
    when: ({ region }) => ({ StringLike: { "kms:ViaService": [`ssm.${region}.*`, `secretsmanager.${region}.*`] } }),
    why: "what encrypts Falcon's credentials is the organization's to choose; only the two services that hold them may ask for this role",
  },

  "network-firewall:DescribeFirewall": { on: arns("network-firewall", "firewall/*"), why: "whichever firewalls use the rule groups" },
  "network-firewall:DescribeFlowOperation": { on: arns("network-firewall", "firewall/*"), why: "whichever firewalls use the rule groups" },
  "network-firewall:DescribeRuleGroup": { on: ruleGroups },
  "network-firewall:ListFirewalls": { on: everything, why: "a list knows no resources" },
  "network-firewall:StartFlowFlush": { on: arns("network-firewall", "firewall/*"), why: "whichever firewalls use the rule groups" },
  "network-firewall:UpdateRuleGroup": { on: ruleGroups },

  "secretsmanager:GetSecretValue": { on: secrets },

  // Into the account's own default product, and no other: a finding under CrowdStrike's would act by itself.
  "securityhub:BatchImportFindings": { on: arns("securityhub", `product/${Aws.ACCOUNT_ID}/default`), why: "in whichever region a place is" },
  "securityhub:CreateMembers": { on: arns("securityhub", "hub/default"), why: "in whichever region a place is" },
  "securityhub:DescribeHub": { on: arns("securityhub", "hub/default"), why: "in whichever region a place is" },
  "securityhub:EnableSecurityHub": { on: arns("securityhub", "hub/default"), why: "in whichever region a place is" },
  "securityhub:GetAdministratorAccount": { on: arns("securityhub", "hub/default"), why: "in whichever region a place is" },
  // The two Security Hubs, CSPM and the new one, share the names of the actions.
  "securityhub:BatchUpdateFindings": { on: arns("securityhub", "hub/default", "hubv2/*"), why: "the new Security Hub's ARN ends in an id of its own" },
  "securityhub:GetFindings": { on: arns("securityhub", "hub/default", "hubv2/*"), why: "the new Security Hub's ARN ends in an id of its own" },

  "ssm:CancelCommand": { on: everything, why: "a command has no ARN" },
  "ssm:CreateAssociation": {
    on: (where) => [
      ...["association/*", "managed-instance/*"].map((resource) => arn(where, "ssm", resource)),
      arn(where, "ec2", "instance/*"),
      ...crowdStrikeDocument(where),
    ],
    why: "every instance of an account, by CrowdStrike's own document",
  },
  "ssm:DeleteParameter": { on: parametersOf("writable"), why: NAMED },
  "ssm:DescribeInstanceInformation": { on: everything, why: "a list knows no resources" },
  "ssm:GetAutomationExecution": { on: arns("ssm", "automation-execution/*"), why: "an automation's id is the service's own" },
  "ssm:GetInventory": { on: everything, why: "a list knows no resources" },
  "ssm:GetParameter": { on: parametersOf("readable"), why: NAMED },
  "ssm:GetParameters": { on: parametersOf("readable"), why: NAMED },
  "ssm:ListAssociations": { on: everything, why: "a list knows no resources" },
  "ssm:ListCommandInvocations": { on: everything, why: "a list knows no resources" },
  "ssm:ListCommands": { on: everything, why: "a list knows no resources" },
  "ssm:PutParameter": { on: parametersOf("writable"), why: NAMED },
  "ssm:SendCommand": {
    on: (where) => [
      `arn:${Aws.PARTITION}:ssm:${where.region}::document/AWS-ConfigureAWSPackage`,
      arn(where, "ec2", "instance/*"),
      arn(where, "ssm", "managed-instance/*"),
    ],
    why: "any instance may need a sensor; the one document is the fence",
  },
  "ssm:StartAutomationExecution": {
    on: crowdStrikeDocument,
    why: "CrowdStrike's own document, in whichever version and from whichever account it is shared",
  },
  "ssm:StopAutomationExecution": { on: arns("ssm", "automation-execution/*"), why: "an automation's id is the service's own" },

  "sts:AssumeRole": {
    on: ({ configuration }) => [`arn:${Aws.PARTITION}:iam::*:role/${configuration.members.role}`],
    when: ({ configuration }) => ({ StringEquals: { "aws:ResourceOrgID": configuration.hub.organization } }),
    why: "one role by its name, in every account of the organization and in no other",
  },
};

/**
 * What allows actions; an action that has nothing to be allowed on is left out.
 *
 * @throws Error that names an action without a scope.
 */
export function grantsOf(actions: Iterable<string>, where: Where): Grant[] {
  return [...new Set(actions)].toSorted().flatMap((action) => {
    const { on, when, why } = SCOPES[action] ?? unknown(action);
    const resources = on(where);
    return resources.length === 0 ? [] : [{ actions: [action], on: resources, when: when?.(where), why }];
  });
}

/** The parameters that Falcon's credentials are read from. A secret is read by way of a parameter, too. */
const SECRET = "/aws/reference/secretsmanager/";

function secrets(where: Where): string[] {
  const names = where.readable.filter((name) => name.startsWith(SECRET)).map((name) => name.slice(SECRET.length));
  // Secrets Manager adds a hyphen and six characters of its own.
  return names.map((name) => arn(where, "secretsmanager", `secret:${name}-??????`));
}

function parametersOf(kind: "readable" | "writable"): Scope["on"] {
  return (where) => where[kind].map((name) => arn(where, "ssm", `parameter${name}`));
}

function crowdStrikeDocument({ region }: Where): string[] {
  return ["automation-definition", "document"].map((kind) => `arn:${Aws.PARTITION}:ssm:${region}:*:${kind}/CrowdStrike-FalconSensorDeploy*`);
}

/** The role of `onboarding.association_role`, if there is one. */
function associationRole({ environment }: Configuration): string[] {
  const name = environment["FALCONER_ONBOARDING_ASSOCIATION_ROLE"];
  return name === undefined ? [] : [name];
}

function role(name: string): string {
  return `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/${name}`;
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
