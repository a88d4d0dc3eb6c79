import { Duration } from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

import type { Configuration } from "./configuration";
import type { Keeping } from "./keeping";

/** What people are told, and the rule that tells them of executions that did not end well. */
export class Notifications extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { notifications }: Configuration, { key }: Keeping) {
    super(scope, id);
    this.topic = new Topic(this, "Topic", {
      topicName: "falconer-notifications",
      displayName: "Falconer",
      enforceSSL: true,
      masterKey: key,
    });
    for (const email of notifications.emails) {
      this.topic.addSubscription(new EmailSubscription(email));
    }
  }

  /**
   * Tells of every execution that failed, ran out of time, or was aborted. A state machine's own time-out runs no Catch, so that nobody
   * else could.
   */
  tellOfFailures(slugs: readonly string[], stateMachineArns: readonly string[], undelivered: Queue): void {
    const rule = new CfnRule(this, "Failures", {
      name: "falconer-execution-failures",
      description: `Executions of ${slugs.join(", ")} that failed, ran out of time, or were aborted.`,
      // https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
      eventPattern: {
        source: ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        detail: { status: ["FAILED", "TIMED_OUT", "ABORTED"], stateMachineArn: stateMachineArns },
      },
      targets: [
        {
          id: "people",
          arn: this.topic.topicArn,
          deadLetterConfig: { arn: undelivered.queueArn },
          retryPolicy: RETRIES,
          inputTransformer: {
            inputPathsMap: { status: "$.detail.status", execution: "$.detail.executionArn" },
            inputTemplate: '"Falconer: <status>: <execution>. What happened stands in the execution; what to do, on its page under runbooks/."',
          },
        },
      ],
    });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        actions: ["sns:Publish"],
        principals: [new ServicePrincipal("events.amazonaws.com")],
        resources: [this.topic.topicArn],
        conditions: { ArnEquals: { "aws:SourceArn": rule.attrArn } },
      }),
    );
    allowUndelivered(undelivered, [rule]);
  }
}

/** How long EventBridge tries to deliver an event: a day, which outlasts any deployment, and is what the service does by itself. */
export const RETRIES: CfnRule.RetryPolicyProperty = {
  maximumEventAgeInSeconds: Duration.hours(24).toSeconds(),
  maximumRetryAttempts: 185,
};

/** Lets rules put what they cannot deliver into a queue. */
export function allowUndelivered(queue: Queue, rules: readonly CfnRule[]): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      actions: ["sqs:SendMessage"],
      principals: [new ServicePrincipal("events.amazonaws.com")],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { "aws:SourceArn": rules.map((rule) => rule.attrArn) } },
    }),
  );
}
