import { Aws, Stack } from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

import { grant } from "./grants";
import { deadLetterQueue, type Keeping } from "./keeping";
import { allowUndelivered, RETRIES } from "./notifications";

/** How the roles by which rules put events on the hub's bus are called, up to their regions: the hub's bus knows them by that. */
export const FORWARDING_ROLE = "falconer-forward-events-";

/** Events of one bus that are to be handed on. */
export interface Forwarded {
  readonly name: string;
  readonly description: string;
  readonly eventPattern: object;
  /** Without it, the default one. */
  readonly eventBusName?: string;
}

/**
 * Rules that put events on the hub's bus, from another region or another account. Such a rule needs a role:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
 */
export class Forwarding extends Construct {
  constructor(scope: Construct, id: string, hubBusArn: string, events: readonly Forwarded[], keeping: Keeping) {
    super(scope, id);
    const undelivered = deadLetterQueue(this, "Undelivered", "falconer-undelivered", keeping);
    const role = new Role(this, "Role", {
      roleName: FORWARDING_ROLE + Stack.of(this).region,
      assumedBy: new ServicePrincipal("events.amazonaws.com", { conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } } }),
    });
    grant(role, { actions: ["events:PutEvents"], on: [hubBusArn] });
    const rules = events.map(({ name, description, eventPattern, eventBusName }) => {
      const rule = new CfnRule(this, name, {
        name,
        description,
        eventPattern,
        eventBusName,
        targets: [{ id: "hub", arn: hubBusArn, roleArn: role.roleArn, retryPolicy: RETRIES, deadLetterConfig: { arn: undelivered.queueArn } }],
      });
      rule.node.addDependency(role);
      return rule;
    });
    allowUndelivered(undelivered, rules);
  }
}

/** The ARN of the bus in the hub, or of the one in the hub's account that stands for it in another region. */
export function busArn(account: string, region: string, bus: string): string {
  return `arn:${Aws.PARTITION}:events:${region}:${account}:event-bus/${bus}`;
}
