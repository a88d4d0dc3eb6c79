import { Duration } from "aws-cdk-lib";
import { Dashboard, GraphWidget, type IMetric, type IWidget, MathExpression, type MetricOptions, PeriodOverride, TextWidget } from "aws-cdk-lib/aws-cloudwatch";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";

import { GATEWAY } from "../names";
import { blocksInForce, groupUse, lag, namespaceOf, ofGateway, slotUse, undelivered, zonesBehind } from "./metrics";
import type { Watched } from "./watched";

/** CloudWatch's grid has 24 columns. */
const THIRD = 8;
const FULL = 24;

/** One look at everything: what was done, what is in force, how the fleet is, and whether anybody is behind. */
export class OperationsDashboard extends Construct {
  constructor(scope: Construct, id: string, private readonly watched: Watched) {
    super(scope, id);
    const dashboard = new Dashboard(this, "Dashboard", {
      dashboardName: "falconer",
      defaultInterval: Duration.days(1),
      periodOverride: PeriodOverride.AUTO,
    });
    dashboard.addWidgets(heading("Executions"), ...this.executions());
    dashboard.addWidgets(heading("Firewall and fleet"), ...this.firewall(), this.fleet());
    dashboard.addWidgets(heading("Workers"), ...this.workers());
    dashboard.addWidgets(heading("Gateway"), ...gateway());
  }

  /** By outcome. */
  private executions(): IWidget[] {
    const each = (of: (stateMachine: IStateMachine, props: MetricOptions) => IMetric, outcome = ""): IMetric[] =>
      this.watched.runbooks.map(({ runbook, stateMachine }) =>
        of(stateMachine, { label: runbook.slug + outcome, period: Duration.minutes(5) }),
      );
    return [
      graphOf("succeeded", each((machine, props) => machine.metricSucceeded(props))),
      graphOf("failed", each((machine, props) => machine.metricFailed(props))),
      graphOf("ran out of time, or were aborted", [
        ...each((machine, props) => machine.metricTimedOut(props)),
        ...each((machine, props) => machine.metricAborted(props), ", aborted"),
      ]),
    ];
  }

  private firewall(): IWidget[] {
    const { blockGroups, huntGroup } = this.watched.configuration.firewall;
    const groups = [...blockGroups, huntGroup].map(({ name }) => name);
    return [
      graphOf("blocks in force", groups.map((name) => blocksInForce(name).with({ label: name })), [zonesBehind().with({ label: "zones behind" })]),
      graphOf("capacity in use, in per cent", groups.map((name) => groupUse(name).with({ label: name }))),
    ];
  }

  private fleet(): IWidget {
    return graphOf("instances by verdict, at the last check", [search("sensors", "Verdict", "Instances", "Maximum", Duration.hours(1))]);
  }

  private workers(): IWidget[] {
    const services = this.watched.services.map(({ name }) => name);
    const errors = services.map((name) => search(name, "Activity,Code", "PollErrors", "Sum", Duration.minutes(5)));
    return [
      graphOf("slots in use, in per cent", services.map(slotUse)),
      graphOf("polls that failed, by activity and code", errors),
      graphOf("events that nobody took", [undelivered(this.watched.undelivered).with({ label: "undelivered" })]),
    ];
  }
}

function gateway(): IWidget[] {
  const numbers = ["EventsRead", "FindingsPublished", "FindingsHandedOn", "FindingsWithoutHost"];
  return [
    graphOf("the longest wait, in seconds", [lag()]),
    graphOf("events and findings", numbers.map((name) => ofGateway(name).with({ label: name }))),
    graphOf("dead letters, and events that wait", [ofGateway("FindingsFailed").with({ label: "dead letters" })], [
      search(GATEWAY, "Partition,Service", "LagEvents", "Maximum", Duration.minutes(1)),
    ]),
  ];
}

function graphOf(title: string, left: IMetric[], right: IMetric[] = []): IWidget {
  return new GraphWidget({ title, left, right, width: THIRD, leftYAxis: { min: 0 } });
}

/** Every metric of a name, whatever its dimensions' values. */
function search(service: string, dimensions: string, metricName: string, statistic: string, period: Duration): IMetric {
  const expression = `SEARCH('{${namespaceOf(service)},${dimensions}} MetricName="${metricName}"', '${statistic}', ${period.toSeconds()})`;
  return new MathExpression({ expression, usingMetrics: {}, period, label: "" });
}

function heading(markdown: string): IWidget {
  return new TextWidget({ markdown: `## ${markdown}`, width: FULL, height: 1 });
}
