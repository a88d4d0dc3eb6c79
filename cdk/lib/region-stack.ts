import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";

import type { Configuration } from "./configuration";
import { busArn, Forwarding } from "./forwarding";
import { keeping } from "./keeping";
import { MEMBER_EVENTS, MemberBus } from "./member-bus";
import { MemberRuleFunction } from "./member-rule-function";
import { BUS } from "./names";

/**
 * What must be in each further region of the members, in the hub's account: the function that their Config rules call, and a bus that
 * hands on to the hub's, since an Automation document puts an event only on a bus of its own region.
 */
export class RegionStack extends Stack {
  constructor(scope: Construct, id: string, configuration: Configuration, props: StackProps) {
    super(scope, id, props);
    const { hub } = configuration;
    const kept = keeping(this, configuration);
    new MemberRuleFunction(this, "MemberRuleFunction", configuration, kept);
    const { bus } = new MemberBus(this, "Members", configuration, kept);
    const requests = {
      name: "falconer-members",
      description: "What members of this region ask of Falconer, for the hub's bus.",
      eventBusName: bus.eventBusName,
      eventPattern: MEMBER_EVENTS,
    };
    new Forwarding(this, "Forwarding", busArn(hub.account, hub.region, BUS), [requests], kept);
  }
}
