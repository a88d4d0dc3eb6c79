import { ArnFormat, Duration, type Stack } from "aws-cdk-lib";
import { type IMetric, MathExpression, Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";

import { firstActivity, type Runbook } from "../house";
import { GATEWAY, RULE_FUNCTION } from "../names";

/** The CloudWatch namespace of a service's metrics: one for each, since the number of slots of a process has no dimension. */
export function namespaceOf(service: string): string {
  return `Falconer/${service}`;
}

/** A metric that a service's process writes (workers/runtime/src/telemetry, workers/gateway/src/metrics.rs). */
export function ofService(
  service: string,
  metricName: string,
  statistic: string,
  dimensionsMap: Record<string, string> = {},
  period = Duration.minutes(1),
): Metric {
  return new Metric({ namespace: namespaceOf(service), metricName, statistic, dimensionsMap, period });
}

/** A query over all partitions, of which nobody knows how many there are: an alarm takes no SEARCH. */
function overPartitions(metricName: string, aggregate: "MAX" | "MIN"): string {
  return `SELECT ${aggregate}(${metricName}) FROM SCHEMA("${namespaceOf(GATEWAY)}", Partition, Service)`;
}

/** How long the oldest event has waited that the gateway has read and not settled, of the partition in which it is longest, in seconds. */
export function lag(): IMetric {
  return new MathExpression({ expression: overPartitions("LagSeconds", "MAX"), period: Duration.minutes(1), label: "lag" });
}

/** One while a partition is not read, zero while all are. */
export function isDisconnected(): IMetric {
  const read = new MathExpression({ expression: overPartitions("Connected", "MIN"), period: Duration.minutes(1) });
  return new MathExpression({ expression: "1 - read", usingMetrics: { read }, period: Duration.minutes(1), label: "disconnected" });
}

/** Findings and events that became dead letters. */
export function deadLetters(): Metric {
  return ofGateway("FindingsFailed", Duration.minutes(5));
}

/** Zero while the gateway tells its numbers, and nothing while it does not. */
export function signsOfLife(): IMetric {
  const read = ofGateway("EventsRead", Duration.minutes(1));
  return new MathExpression({ expression: "read * 0", usingMetrics: { read }, period: Duration.minutes(1), label: "silent" });
}

/** A number of the gateway's process. */
export function ofGateway(metricName: string, period = Duration.minutes(1)): Metric {
  return ofService(GATEWAY, metricName, Stats.SUM, { Service: GATEWAY }, period);
}

/** How full a rule group is, in per cent: of its capacity or of its bytes, whichever is more. */
export function groupUse(ruleGroup: string): Metric {
  return ofService("firewall", "GroupUse", Stats.MAXIMUM, { RuleGroup: ruleGroup }, Duration.minutes(15));
}

/** How many blocks stand in a rule group. */
export function blocksInForce(ruleGroup: string): Metric {
  return ofService("firewall", "BlocksInForce", Stats.MAXIMUM, { RuleGroup: ruleGroup }, Duration.minutes(15));
}

/** How many zones of the firewall do not run what was written. */
export function zonesBehind(): Metric {
  return ofService("firewall", "ZonesBehind", Stats.MAXIMUM, {}, Duration.minutes(5));
}

/** How many executions of a state machine did not end well. */
export function executionsNotWell(stateMachine: IStateMachine): IMetric {
  const period = Duration.minutes(5);
  const usingMetrics = {
    failed: stateMachine.metricFailed({ period }),
    timedOut: stateMachine.metricTimedOut({ period }),
    aborted: stateMachine.metricAborted({ period }),
  };
  const expression = Object.keys(usingMetrics).map((name) => `FILL(${name}, 0)`).join(" + ");
  return new MathExpression({ expression, usingMetrics, period, label: "not well" });
}

/** Events that lie in the queue for what could not be delivered. */
export function undelivered(queue: IQueue): Metric {
  return queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: Stats.MAXIMUM });
}

/** Calls of the function behind members' Config rules that failed, in the hub's region. */
export function ruleFunctionErrors(): Metric {
  const dimensionsMap = { FunctionName: RULE_FUNCTION };
  return new Metric({ namespace: "AWS/Lambda", metricName: "Errors", dimensionsMap, statistic: Stats.SUM, period: Duration.minutes(5) });
}

/** How many of a service's slots are in use, in per cent, on the average of its tasks. */
export function slotUse(service: string): IMetric {
  const used = ofService(service, "SlotsInUse", Stats.AVERAGE);
  const limit = ofService(service, "SlotsLimit", Stats.AVERAGE);
  // Named after the service, since one graph shows several.
  const [ofUsed, ofLimit] = [`used_${service}`, `limit_${service}`];
  return new MathExpression({
    expression: `100 * ${ofUsed} / ${ofLimit}`,
    usingMetrics: { [ofUsed]: used, [ofLimit]: limit },
    period: Duration.minutes(1),
    label: service,
  });
}

/** An alarm may look at ten metrics: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html */
const MOST_METRICS = 10;

/**
 * How many executions more than were begun in the same five minutes wait for their first activity: scheduled, and not started. The first
 * activity stands for its runbook, and each of these metrics for as many runbooks as one alarm has room for.
 */
export function waiting(stack: Stack, runbooks: readonly Runbook[]): readonly IMetric[] {
  const first = runbooks.flatMap((runbook) => firstActivity(runbook) ?? []);
  const most = MOST_METRICS / 2;
  const groups = Array.from({ length: Math.ceil(first.length / most) }, (_, index) => first.slice(index * most, (index + 1) * most));
  return groups.map((activities) => {
    const usingMetrics = activities.flatMap((activity, index) => [
      [`scheduled${index}`, ofActivity(stack, activity, "ActivitiesScheduled")],
      [`started${index}`, ofActivity(stack, activity, "ActivitiesStarted")],
    ]);
    return new MathExpression({
      expression: activities.map((_, index) => `FILL(scheduled${index}, 0) - FILL(started${index}, 0)`).join(" + "),
      usingMetrics: Object.fromEntries(usingMetrics) as Record<string, IMetric>,
      period: Duration.minutes(5),
      label: `waiting for ${activities.join(", ")}`,
    });
  });
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
function ofActivity(stack: Stack, activity: string, metricName: string): Metric {
  const arn = { service: "states", resource: "activity", resourceName: activity, arnFormat: ArnFormat.COLON_RESOURCE_NAME };
  return new Metric({
    namespace: "AWS/States",
    metricName,
    dimensionsMap: { ActivityArn: stack.formatArn(arn) },
    statistic: Stats.SUM,
    period: Duration.minutes(5),
  });
}
