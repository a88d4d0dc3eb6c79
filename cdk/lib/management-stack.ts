import { CfnStackSet, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";

import type { Configuration } from "./configuration";
import { busArn, type Forwarded, Forwarding } from "./forwarding";
import type { House } from "./house";
import { keeping } from "./keeping";
import { MemberStack, templateBody } from "./member-stack";
import { BUS } from "./names";
import { RemediationStack } from "./remediation-stack";

/** https://docs.aws.amazon.com/controltower/latest/userguide/lifecycle-events.html; an API call of the same name is another event. */
const CONTROL_TOWER: Forwarded = {
  name: "falconer-control-tower",
  description: "Accounts that Control Tower has made or updated, for the hub's bus.",
  eventPattern: {
    source: ["aws.controltower"],
    "detail-type": ["AWS Service Event via CloudTrail"],
    detail: { eventName: ["CreateManagedAccount", "UpdateManagedAccount"] },
  },
};

/** https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-organizations.html */
const ORGANIZATIONS: Forwarded = {
  name: "falconer-organizations",
  description: "Accounts that leave the organization, for the hub's bus.",
  eventPattern: {
    source: ["aws.organizations"],
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: { eventName: ["CloseAccount", "RemoveAccountFromOrganization"] },
  },
};

/** What the organization's management account does for the hub, in one of its regions. */
export class ManagementStack extends Stack {
  constructor(scope: Construct, id: string, configuration: Configuration, house: House, props: StackProps & { env: { region: string } }) {
    super(scope, id, props);
    const { hub, management, members } = configuration;
    const { region } = props.env;
    const isHome = region === management.region;
    const events = [...(isHome ? [CONTROL_TOWER] : []), ...(region === organizationsRegion(region) ? [ORGANIZATIONS] : [])];
    new Forwarding(this, "Forwarding", busArn(hub.account, hub.region, BUS), events, keeping(this, configuration));
    if (isHome) {
      const role = (template: Construct): Stack => new MemberStack(template, "falconer-member", configuration, house);
      this.stackSet("falconer-member", role, configuration, true);
      if (members.remediation !== "none") {
        const remediation = (template: Construct): Stack => new RemediationStack(template, "falconer-remediation", configuration);
        this.stackSet("falconer-remediation", remediation, configuration, false);
      }
    }
  }

  /**
   * A service-managed StackSet over the members' organizational units and regions. One that is automatic reaches accounts as they join, and
   * leaves with them; it never reaches the management account itself.
   */
  private stackSet(name: string, make: (app: Construct) => Stack, { hub, management, members }: Configuration, isAutomatic: boolean): void {
    // Not the hub: it has what the template makes under the same names, and nobody assumes a role there.
    const deploymentTargets = { organizationalUnitIds: [...management.units], accounts: [hub.account], accountFilterType: "DIFFERENCE" };
    new CfnStackSet(this, name, {
      stackSetName: name,
      description: isAutomatic ? "Falconer in every member account" : "Falconer's remediation, where the Config rule is there",
      permissionModel: "SERVICE_MANAGED",
      autoDeployment: isAutomatic ? { enabled: true, retainStacksOnAccountRemoval: false } : { enabled: false },
      capabilities: ["CAPABILITY_NAMED_IAM"],
      managedExecution: { Active: true },
      operationPreferences: { failureTolerancePercentage: 100, maxConcurrentPercentage: 100, regionConcurrencyType: "PARALLEL" },
      stackInstancesGroup: [{ deploymentTargets, regions: [...members.regions] }],
      templateBody: templateBody(make),
    });
  }
}

/** Where Organizations tells its events: in one region of each partition. */
export function organizationsRegion(region: string): string {
  const [partition] = (["us-gov-", "cn-"] as const).filter((beginning) => region.startsWith(beginning));
  return partition === undefined ? "us-east-1" : { "us-gov-": "us-gov-west-1", "cn-": "cn-northwest-1" }[partition];
}
