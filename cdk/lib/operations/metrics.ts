import { ArnFormat, Duration, type Stack } from "aws-cdk-lib";
import { type IMetric, MathExpression, Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";

import { firstActivity, type Runbook } from "../house";

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

/** How many of a service's slots are in use, in per cent, on the average of its tasks. */
export function slotUse(service: string): IMetric {
  const used = ofService(service, "SlotsInUse", Stats.AVERAGE);
  const limit = ofService(service, "SlotsLimit", Stats.AVERAGE);
  return new MathExpression({ expression: "100 * used / limit", usingMetrics: { used, limit }, period: Duration.minutes(1), label: service });
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
