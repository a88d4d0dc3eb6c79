import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { type IKey, Key } from "aws-cdk-lib/aws-kms";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";

import { acknowledge } from "./acknowledgements";
import type { Configuration } from "./configuration";

/** How what is written down is kept: with which key, for how long, and whether it outlives the stack. */
export interface Keeping {
  /** The organization's own key; without one, AWS's own. */
  readonly key: IKey | undefined;
  readonly retention: RetentionDays;
}

/**
 * Says how things are kept. By default with AWS's own keys, which cost nothing and have no policy that could be wrong; whoever must hold
 * the key gets one for everything, since each further one costs and grants no less.
 */
export function keeping(scope: Construct, { encryption, logs }: Configuration): Keeping {
  return { key: encryption === "shared-key" ? sharedKey(scope) : undefined, retention: logs.retention };
}

/** Retained: without it nothing that it encrypted can be read any more. */
function sharedKey(scope: Construct): Key {
  const key = new Key(scope, "Key", {
    alias: "falconer",
    description: "Falconer's notifications, queues, logs, stream and dead letters",
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html,
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-key-policy.html
  for (const service of ["cloudwatch", "events", `logs.${Stack.of(scope).region}`]) {
    const principal = new ServicePrincipal(`${service}.amazonaws.com`);
    key.grantEncryptDecrypt(principal);
    key.grant(principal, "kms:DescribeKey");
  }
  return key;
}

/** A log group that goes with its stack: what was done stands on the findings and in the rule groups, not here. */
export function logGroup(scope: Construct, id: string, name: string, { key, retention }: Keeping): LogGroup {
  return new LogGroup(scope, id, {
    logGroupName: name,
    retention,
    removalPolicy: RemovalPolicy.DESTROY,
    encryptionKey: key,
  });
}

/** A queue for what could not be delivered, kept for the fourteen days that SQS keeps anything at most. */
export function deadLetterQueue(scope: Construct, id: string, name: string, { key }: Keeping): Queue {
  const queue = new Queue(scope, id, {
    queueName: name,
    retentionPeriod: Duration.days(14),
    enforceSSL: true,
    removalPolicy: RemovalPolicy.DESTROY,
    ...(key ? { encryption: QueueEncryption.KMS, encryptionMasterKey: key } : { encryption: QueueEncryption.SQS_MANAGED }),
  });
  acknowledge(queue, "AwsSolutions-SQS3", "it is itself the dead-letter queue, of rules");
  return queue;
}
