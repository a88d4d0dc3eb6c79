import { CfnRule } from "aws-cdk-lib/aws-events";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

import type { Runbook, TriggerRule } from "./house";
import type { Placeholders } from "./placeholders";
import { filled } from "./placeholders";
import { allowUndelivered, RETRIES } from "./notifications";
import type { RunbookStateMachine } from "./runbook";

/** What a rule needs beside the file that describes it. */
export interface TriggerSurroundings {
  readonly values: Placeholders;
  /** Where events go that could not start an execution. */
  readonly undelivered: Queue;
  /** Event buses beside the default one, by the names that triggers use. */
  readonly buses: Readonly<Record<string, string>>;
}

/**
 * The rules that start a runbook, as statemachines/triggers/ has them.
 *
 * A schedule is a rule too, and not one of EventBridge Scheduler: refresh-hunt-list reads the event of a schedule as the word that nobody
 * asked. The rules of one runbook share a role that may start this runbook and no other; for contain-finding it is the only one beside the
 * operators', since whoever may start it may block.
 */
export class Triggers extends Construct {
  readonly rules: readonly CfnRule[];

  constructor(scope: Construct, id: string, { rules }: Runbook, { stateMachine }: RunbookStateMachine, surroundings: TriggerSurroundings) {
    super(scope, id);
    if (rules.length === 0) {
      this.rules = [];
      return;
    }
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("events.amazonaws.com") });
    stateMachine.grantStartExecution(role);
    this.rules = rules.map((rule) => this.make(rule, stateMachine.stateMachineArn, role, surroundings));
    allowUndelivered(surroundings.undelivered, this.rules);
  }

  private make(rule: TriggerRule, arn: string, role: Role, { values, undelivered, buses }: TriggerSurroundings): CfnRule {
    const what = `the trigger ${rule.name}`;
    const made = new CfnRule(this, rule.name, {
      name: rule.name,
      description: rule.description,
      eventPattern: filled(what, rule.eventPattern, values),
      scheduleExpression: rule.schedule,
      eventBusName: rule.eventBusName && busOf(rule.eventBusName, what, buses),
      targets: [
        {
          id: "execution",
          arn,
          roleArn: role.roleArn,
          retryPolicy: RETRIES,
          deadLetterConfig: { arn: undelivered.queueArn },
          input: rule.input && JSON.stringify(filled(what, rule.input, values)),
        },
      ],
    });
    // The policy of the role must be there before a rule asks for its target.
    made.node.addDependency(role);
    return made;
  }
}

function busOf(name: string, what: string, buses: Readonly<Record<string, string>>): string {
  const bus = buses[name];
  if (bus === undefined) {
    throw new Error(`${what} listens to the event bus ${name}, which the deployment does not have`);
  }
  return bus;
}
