import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Stream, StreamEncryption, StreamMode } from "aws-cdk-lib/aws-kinesis";
import { CfnSubscriptionFilter } from "aws-cdk-lib/aws-logs";
import { CfnPipe } from "aws-cdk-lib/aws-pipes";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

import { acknowledge } from "./acknowledgements";
import { grant, grantKey } from "./grants";
import type { TriggerPipe } from "./house";
import type { Keeping } from "./keeping";
import type { RunbookStateMachine } from "./runbook";

/** What a pipe's batch may fail before it is put aside: the runbook itself tries for a quarter of an hour and more. */
const ATTEMPTS = 10;

/**
 * The firewall's alert log, on its way into a runbook: CloudWatch Logs hands its lines to a stream, since a subscription reaches no state
 * machine, and a pipe gathers them.
 */
export class AlertLog extends Construct {
  readonly stream: Stream;

  constructor(scope: Construct, id: string, logGroupName: string, { key }: Keeping) {
    super(scope, id);
    this.stream = new Stream(this, "Stream", {
      streamName: "falconer-alerts",
      // One shard takes a megabyte of packed lines a second; more than one only makes more executions of the same alerts.
      streamMode: StreamMode.PROVISIONED,
      shardCount: 1,
      // As long as a pipe may stand still over a weekend.
      retentionPeriod: Duration.hours(72),
      removalPolicy: RemovalPolicy.DESTROY,
      ...(key ? { encryption: StreamEncryption.KMS, encryptionKey: key } : { encryption: StreamEncryption.MANAGED }),
    });
    if (key) {
      acknowledge(this.stream, "AwsSolutions-KDS3", "whoever asks for a key of his own means this stream, too");
    }
    const logs = new Role(this, "LogsRole", {
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
      assumedBy: new ServicePrincipal("logs.amazonaws.com", {
        conditions: { StringLike: { "aws:SourceArn": Stack.of(this).formatArn({ service: "logs", resource: "*" }) } },
      }),
    });
    grant(logs, { actions: ["kinesis:PutRecord"], on: [this.stream.streamArn] });
    grantKey(logs, key);
    const filter = new CfnSubscriptionFilter(this, "Filter", {
      logGroupName,
      filterName: "falconer-alerts",
      // Everything: the pattern language would have to know the form of the engine's records, which report-hits reads anyway.
      filterPattern: "",
      destinationArn: this.stream.streamArn,
      roleArn: logs.roleArn,
    });
    filter.node.addDependency(logs);
  }

  /** Gives a runbook what the stream holds. */
  handOn(pipe: TriggerPipe, { stateMachine }: RunbookStateMachine, undelivered: Queue, { key }: Keeping): void {
    const role = new Role(this, `${pipe.name}-Role`, {
      assumedBy: new ServicePrincipal("pipes.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    });
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html
    const reading = ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"];
    grant(role, { actions: reading.map((action) => `kinesis:${action}`), on: [this.stream.streamArn] });
    stateMachine.grantStartExecution(role);
    grant(role, { actions: ["sqs:SendMessage"], on: [undelivered.queueArn] });
    grantKey(role, key);
    const made = new CfnPipe(this, pipe.name, {
      name: pipe.name,
      description: pipe.description,
      roleArn: role.roleArn,
      source: this.stream.streamArn,
      sourceParameters: {
        kinesisStreamParameters: {
          startingPosition: "TRIM_HORIZON",
          batchSize: pipe.batchSize,
          maximumBatchingWindowInSeconds: pipe.batchingWindowSeconds,
          maximumRetryAttempts: ATTEMPTS,
          deadLetterConfig: { arn: undelivered.queueArn },
        },
      },
      target: stateMachine.stateMachineArn,
      targetParameters: { stepFunctionStateMachineParameters: { invocationType: "FIRE_AND_FORGET" } },
    });
    made.node.addDependency(role);
  }
}
