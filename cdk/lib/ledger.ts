import { ArnFormat, CfnOutput, RemovalPolicy, Stack } from "aws-cdk-lib";
import { type AwsCustomResource, type AwsSdkCall, PhysicalResourceId } from "aws-cdk-lib/custom-resources";
import { Construct } from "constructs";

import type { Firewall, RuleGroup } from "./configuration";
import type { DeploymentCalls } from "./deployment-calls";

/**
 * The rule groups, which are the ledger: made once, empty, and never touched again.
 *
 * CloudFormation's own AWS::NetworkFirewall::RuleGroup sends the whole group with every update, and would wipe the blocks. Each group is
 * therefore a call that is made when its resource is created, and at no other time; a group that is there already is taken as it is.
 * The role that makes the calls may create groups and look at them, and neither write nor delete one.
 */
export class Ledger extends Construct {
  /** Each group's ARN, by its name. */
  readonly arns: ReadonlyMap<string, string>;

  constructor(scope: Construct, id: string, firewall: Firewall, calls: DeploymentCalls) {
    super(scope, id);
    const groups = [...firewall.blockGroups, firewall.huntGroup];
    this.arns = new Map(groups.map(({ name }) => [name, arnOf(this, name)]));
    const may = ["CreateRuleGroup", "TagResource", "DescribeRuleGroup"].map((action) => `network-firewall:${action}`);
    calls.grant({ actions: may, on: [...this.arns.values()] });
    for (const group of groups) {
      this.create(group, firewall, calls);
    }
    new CfnOutput(this, "Attach", { key: "AttachRuleGroups", description: HOW_TO_ATTACH, value: [...this.arns.values()].join(" ") });
  }

  private create(group: RuleGroup, firewall: Firewall, calls: DeploymentCalls): void {
    const made = once(this, `Create-${group.name}`, calls, {
      service: "network-firewall",
      action: "CreateRuleGroup",
      parameters: createRuleGroup(group, firewall),
      physicalResourceId: PhysicalResourceId.of(group.name),
      // That it is there already is one of the reasons for which the call is refused; the next resource tells whether it was this.
      ignoreErrorCodesMatching: "InvalidRequestException",
    });
    const found = once(this, `Find-${group.name}`, calls, {
      service: "network-firewall",
      action: "DescribeRuleGroup",
      parameters: { RuleGroupArn: arnOf(this, group.name) },
      physicalResourceId: PhysicalResourceId.of(group.name),
      outputPaths: ["RuleGroupResponse.RuleGroupStatus"],
    });
    found.node.addDependency(made);
  }
}

/**
 * A call that is made when its resource is created. Retained, so that a name that leaves the configuration leaves its group where it is.
 * Whatever changes, an update finds no call to make.
 */
function once(scope: Construct, id: string, calls: DeploymentCalls, onCreate: AwsSdkCall): AwsCustomResource {
  const call = calls.make(scope, id, { resourceType: "Custom::FalconerRuleGroup", onCreate, removalPolicy: RemovalPolicy.RETAIN });
  call.node.addDependency(calls);
  return call;
}

/** https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_CreateRuleGroup.html */
function createRuleGroup({ name, capacity }: RuleGroup, { ruleOrder, homeNetworks }: Firewall): Record<string, unknown> {
  return {
    RuleGroupName: name,
    Type: "STATEFUL",
    Capacity: capacity,
    Description: "Falconer's ledger. Only Falconer writes here.",
    RuleGroup: {
      ...(homeNetworks.length > 0 && { RuleVariables: { IPSets: { HOME_NET: { Definition: homeNetworks } } } }),
      // A comment is no rule, and takes no capacity; Falconer keeps what it has not written, byte for byte.
      RulesSource: { RulesString: "# Falconer writes its rules below.\n" },
      StatefulRuleOptions: { RuleOrder: ruleOrder },
    },
    Tags: [{ Key: "falconer", Value: "ledger" }],
  };
}

function arnOf(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({
    service: "network-firewall",
    resource: "stateful-rulegroup",
    resourceName: name,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}

/** What no template can do safely: a policy is updated as a whole, and belongs to whoever owns the firewall. */
const HOW_TO_ATTACH = [
  "To put the rule groups to use, add each to the firewall's policy, in this order and before every group that passes traffic:",
  "aws network-firewall describe-firewall-policy --firewall-policy-name NAME > policy.json;",
  "add {ResourceArn, Priority} of each to FirewallPolicy.StatefulRuleGroupReferences (Priority only under STRICT_ORDER);",
  "aws network-firewall update-firewall-policy --firewall-policy-name NAME --update-token TOKEN --firewall-policy file://policy.json",
].join(" ");
