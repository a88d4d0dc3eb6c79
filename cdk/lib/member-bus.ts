import { CfnEventBusPolicy, EventBus } from "aws-cdk-lib/aws-events";
import { Construct } from "constructs";

import type { Configuration } from "./configuration";
import type { Keeping } from "./keeping";

/** The name of the bus, and of the buses that hand on to it. */
export const BUS = "falconer";

/** The role in the management account by which its rules put events on the bus, in each of its regions. */
export const FORWARDING_ROLE = "falconer-forward-events";

/** What members say. */
const MEMBER_SOURCE = "falconer.member";
const MEMBER_DETAIL_TYPES = ["Falconer Install Requested"];

/** Who in the management account says something, and what. */
const MANAGEMENT_SOURCES = ["aws.controltower", "aws.organizations"];

/** A bus on which accounts of the organization may put what Falconer reads, and nothing else. */
export class MemberBus extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, { hub, management }: Configuration, { key }: Keeping) {
    super(scope, id);
    this.bus = new EventBus(this, "Bus", {
      eventBusName: BUS,
      description: "What member accounts ask of Falconer, and what the management account forwards",
      ...(key && { kmsKey: key }),
    });
    // The keys of EventBridge have several values in a call of several events, and ForAllValues also holds of none; Null excludes that:
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
    this.allow("members", {
      Principal: "*",
      Condition: {
        StringEquals: { "aws:PrincipalOrgID": hub.organization },
        "ForAllValues:StringEquals": { "events:source": MEMBER_SOURCE, "events:detail-type": MEMBER_DETAIL_TYPES },
        Null: { "events:source": "false", "events:detail-type": "false" },
      },
    });
    // Rules hand on events of `aws.*`, which nobody can put on a bus with PutEvents. No page says that a rule's delivery has the keys of
    // EventBridge, so they are not demanded here; the role is the fence.
    this.allow("management", {
      Principal: { AWS: management.account },
      Condition: {
        StringEquals: { "aws:PrincipalOrgID": hub.organization },
        ArnLike: { "aws:PrincipalArn": `arn:*:iam::${management.account}:role/${FORWARDING_ROLE}` },
        "ForAllValues:StringEquals": { "events:source": MANAGEMENT_SOURCES },
      },
    });
  }

  private allow(statementId: string, who: Record<string, unknown>): void {
    new CfnEventBusPolicy(this, `Allow-${statementId}`, {
      eventBusName: this.bus.eventBusName,
      statementId,
      statement: { Effect: "Allow", Action: "events:PutEvents", Resource: this.bus.eventBusArn, ...who },
    });
  }
}
