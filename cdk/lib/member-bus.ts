import { CfnEventBusPolicy, EventBus } from "aws-cdk-lib/aws-events";
import { Construct } from "constructs";

import type { Configuration } from "./configuration";
import { FORWARDING_ROLE } from "./forwarding";
import type { Keeping } from "./keeping";
import { BUS } from "./names";

/** What members say. */
export const MEMBER_EVENTS = { source: ["falconer.member"], "detail-type": ["Falconer Install Requested"] };

/** Who in the management account says something, and what. */
const MANAGEMENT_SOURCES = ["aws.controltower", "aws.organizations"];

/** A bus on which accounts of the organization may put what members say, and nothing else. */
export class MemberBus extends Construct {
  readonly bus: EventBus;

  constructor(
    scope: Construct,
    id: string,
    private readonly configuration: Configuration,
    { key }: Keeping,
  ) {
    super(scope, id);
    this.bus = new EventBus(this, "Bus", {
      eventBusName: BUS,
      description: "What member accounts ask of Falconer, and what the management account forwards",
      kmsKey: key,
    });
    // The keys of EventBridge have several values in a call of several events, and ForAllValues also holds of none; Null excludes that:
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
    this.allow("members", {
      Principal: "*",
      Condition: {
        StringEquals: { "aws:PrincipalOrgID": configuration.hub.organization },
        "ForAllValues:StringEquals": { "events:source": MEMBER_EVENTS.source, "events:detail-type": MEMBER_EVENTS["detail-type"] },
        Null: { "events:source": "false", "events:detail-type": "false" },
      },
    });
  }

  /** Lets the management account's rules hand on what Control Tower and Organizations tell there. */
  allowManagement(): void {
    const { hub, management } = this.configuration;
    // Rules hand on events of `aws.*`, which nobody can put on a bus with PutEvents. No page says that a rule's delivery has the keys of
    // EventBridge, so they are not demanded here; the role is the fence.
    this.allow("management", {
      Principal: { AWS: management.account },
      Condition: {
        StringEquals: { "aws:PrincipalOrgID": hub.organization },
        ArnLike: { "aws:PrincipalArn": `arn:*:iam::${management.account}:role/${FORWARDING_ROLE}*` },
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
