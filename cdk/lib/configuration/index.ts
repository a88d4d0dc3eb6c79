import { readFileSync } from "node:fs";

import { RetentionDays } from "aws-cdk-lib/aws-logs";

import { FORMS } from "./forms";
import { ConfigurationError, Reader } from "./reader";

export { ConfigurationError } from "./reader";

/** What an organization says of its deployment; GUIDE.md explains each key. */
export interface Configuration {
  readonly hub: { readonly account: string; readonly region: string; readonly organization: string };
  readonly management: Management;
  readonly members: Members;
  readonly network: { readonly vpc: string; readonly subnets: readonly string[]; readonly availabilityZones: readonly string[] };
  readonly image: { readonly uri: string; readonly architecture: Architecture };
  readonly firewall: Firewall;
  readonly falcon: { readonly credentials: string; readonly installCredentials: string; readonly cloud: string };
  readonly services: { readonly firewall: Scale; readonly sensors: Scale; readonly gateway: Size };
  readonly operators: readonly string[];
  readonly notifications: { readonly emails: readonly string[] };
  readonly encryption: "aws" | "shared-key";
  readonly logs: { readonly retention: RetentionDays; readonly executionData: boolean };
  readonly aggregator: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The organization's management account. */
export interface Management {
  readonly account: string;
  /** Where Control Tower has its home, and the StackSet of the members its administration. */
  readonly region: string;
  /** The roots or organizational units whose accounts are members. */
  readonly units: readonly string[];
}

/** Every other account of the organization. */
export interface Members {
  readonly role: string;
  readonly externalId: string;
  readonly regions: readonly string[];
  /** Those whose Config rules may call the hub's function; none for those of the whole organization. */
  readonly ruleAccounts: readonly string[];
  /** Whether a person, or Config by itself, may remediate in a member; `none` makes no remediation configuration. */
  readonly remediation: "none" | "manual" | "automatic";
}

export type Architecture = "arm64" | "x86_64";

/** The rule groups, which are the ledger, and what the firewall tells. */
export interface Firewall {
  readonly blockGroups: readonly RuleGroup[];
  readonly huntGroup: RuleGroup;
  readonly ruleOrder: "STRICT_ORDER" | "DEFAULT_ACTION_ORDER";
  readonly homeNetworks: readonly string[];
  /** The log group of its alerts, if traffic that met a rule is to be reported. */
  readonly alertLogGroup: string | undefined;
}

/** A stateful rule group of Network Firewall. Its capacity is fixed when it is made. */
export interface RuleGroup {
  readonly name: string;
  readonly capacity: number;
}

/** What a task of Fargate has. */
export interface Size {
  readonly cpu: number;
  readonly memory: number;
}

/** How many tasks there are. */
export interface Scale extends Size {
  readonly least: number;
  readonly most: number;
}

/** https://docs.aws.amazon.com/network-firewall/latest/developerguide/quotas.html */
const MOST_CAPACITY = 30_000;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTIONS = Object.values(RetentionDays).filter((days) => typeof days !== "string").filter((days) => days !== RetentionDays.INFINITE);

/** The statements of a function's policy may have 20,480 bytes in all; one is some 400. */
const MOST_RULE_ACCOUNTS = 45;

/** Reads the JSON file of a configuration. */
export function readConfiguration(file: string): Configuration {
  return parseConfiguration(JSON.parse(readFileSync(file, "utf8")));
}

/** @throws ConfigurationError with every problem at once. */
export function parseConfiguration(value: unknown): Configuration {
  const root = Reader.of(value);
  const configuration: Configuration = {
    hub: closed(root.section("hub"), (hub) => ({
      account: hub.text("account", FORMS.account),
      region: hub.text("region", FORMS.region),
      organization: hub.text("organization", FORMS.organization),
    })),
    management: closed(root.section("management"), (management) => ({
      account: management.text("account", FORMS.account),
      region: management.text("region", FORMS.region),
      units: some(management, "units", management.texts("units", FORMS.unit)),
    })),
    members: closed(root.section("members"), readMembers),
    network: closed(root.section("network"), readNetwork),
    image: closed(root.section("image"), (image) => ({
      uri: image.text("uri", FORMS.image),
      architecture: image.oneOf("architecture", ["arm64", "x86_64"], "arm64"),
    })),
    firewall: closed(root.section("firewall"), readFirewall),
    falcon: closed(root.section("falcon"), (falcon) => ({
      credentials: falcon.text("credentials", FORMS.parameter),
      installCredentials: falcon.text("installCredentials", FORMS.parameter),
      cloud: falcon.text("cloud", FORMS.cloud, ""),
    })),
    services: closed(root.section("services"), (services) => ({
      firewall: closed(services.section("firewall"), readScale),
      sensors: closed(services.section("sensors"), readScale),
      gateway: closed(services.section("gateway"), readSize),
    })),
    operators: root.texts("operators", FORMS.role),
    notifications: closed(root.section("notifications"), (notifications) => ({
      emails: notifications.texts("emails", FORMS.email),
    })),
    encryption: root.oneOf("encryption", ["aws", "shared-key"], "aws"),
    logs: closed(root.section("logs"), readLogs),
    aggregator: root.text("aggregator", FORMS.roleName, "falconer"),
    environment: root.dictionary("environment", FORMS.variable),
  };
  if (configuration.firewall.alertLogGroup !== undefined && /^us-gov-/.test(configuration.hub.region)) {
    const problem = "CloudFormation has no pipes of EventBridge in AWS GovCloud (US); leave it out, and start report-hits by hand there";
    root.refuse("firewall.alertLogGroup", problem, undefined);
  }
  if (configuration.management.account === configuration.hub.account && configuration.hub.account !== "") {
    root.refuse("hub.account", "it must be another account than the management account, which AWS advises to keep free of all else", undefined);
  }
  root.close();
  if (root.problems.length > 0) {
    throw new ConfigurationError(root.problems);
  }
  return configuration;
}

function closed<T>(reader: Reader, read: (reader: Reader) => T): T {
  const value = read(reader);
  reader.close();
  return value;
}

function some<T>(reader: Reader, name: string, list: T[]): T[] {
  return list.length > 0 ? list : reader.refuse(name, "it must name at least one", list);
}

function readMembers(members: Reader): Members {
  const ruleAccounts = members.texts("ruleAccounts", FORMS.account);
  if (ruleAccounts.length > MOST_RULE_ACCOUNTS) {
    const problem = `a function's policy holds no more than ${MOST_RULE_ACCOUNTS} accounts; leave the list out for the whole organization`;
    members.refuse("ruleAccounts", problem, undefined);
  }
  return {
    role: members.text("role", FORMS.roleName, "falconer-member"),
    externalId: members.text("externalId", FORMS.externalId),
    regions: some(members, "regions", members.texts("regions", FORMS.region)),
    ruleAccounts,
    remediation: members.oneOf("remediation", ["none", "manual", "automatic"], "none"),
  };
}

function readNetwork(network: Reader): Configuration["network"] {
  const subnets = some(network, "subnets", network.texts("subnets", FORMS.subnet));
  const availabilityZones = network.texts("availabilityZones", FORMS.availabilityZone);
  if (availabilityZones.length !== subnets.length) {
    network.refuse("availabilityZones", "there must be one for each subnet, in the same order", undefined);
  }
  return { vpc: network.text("vpc", FORMS.vpc), subnets, availabilityZones };
}

function readFirewall(firewall: Reader): Firewall {
  const group = (reader: Reader): RuleGroup =>
    closed(reader, () => ({
      name: reader.text("name", FORMS.ruleGroup),
      capacity: reader.number("capacity", [1, MOST_CAPACITY], 10_000),
    }));
  const blockGroups = firewall.list("blockGroups", group);
  const blocks = blockGroups.length > 0 ? blockGroups : [{ name: "falconer-block", capacity: 10_000 }];
  const huntGroup = firewall.optionalSection("huntGroup", group) ?? { name: "falconer-hunt", capacity: 10_000 };
  const names = [...blocks, huntGroup].map(({ name }) => name);
  if (new Set(names).size < names.length) {
    firewall.refuse("blockGroups", "each rule group must have a name of its own, the hunt group too", undefined);
  }
  return {
    blockGroups: blocks,
    huntGroup,
    ruleOrder: firewall.oneOf("ruleOrder", ["STRICT_ORDER", "DEFAULT_ACTION_ORDER"], "STRICT_ORDER"),
    homeNetworks: firewall.texts("homeNetworks", FORMS.cidr),
    alertLogGroup: firewall.text("alertLogGroup", FORMS.logGroup, "") || undefined,
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
function readSize(service: Reader): Size {
  return { cpu: service.number("cpu", [256, 16_384], 512), memory: service.number("memory", [512, 122_880], 1024) };
}

function readScale(service: Reader): Scale {
  const scale = { ...readSize(service), least: service.number("least", [1, 100], 2), most: service.number("most", [1, 100], 6) };
  return scale.least <= scale.most ? scale : service.refuse("most", "it must be no less than `least`", scale);
}

function readLogs(logs: Reader): Configuration["logs"] {
  const wanted = logs.number("retentionDays", [1, 3653], 365);
  const known = RETENTIONS.find((days) => days.valueOf() === wanted);
  const retention = known ?? logs.refuse("retentionDays", `CloudWatch Logs knows only ${RETENTIONS.join(", ")}`, RetentionDays.ONE_YEAR);
  return { retention, executionData: logs.flag("executionData", false) };
}
