import { Stack } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";

import { failuresOf, GATEWAY_PAGE } from "./pages";
import type { Watched } from "./watched";
import {
  deadLetters,
  executionsNotWell,
  groupUse,
  isDisconnected,
  lag,
  ruleFunctionErrors,
  signsOfLife,
  undelivered,
  waiting,
  zonesBehind,
} from "./metrics";

/** When an alarm goes off, and where it is written what to do. */
interface Watch {
  readonly metric: IMetric;
  /** It goes off above this. */
  readonly above: number;
  /** For how many periods of the metric. */
  readonly periods?: number;
  /** What silence means: well, by default. */
  readonly silence?: TreatMissingData;
  readonly says: string;
  /** A page under runbooks/ with a heading on it. */
  readonly page: string;
}

/** What people are woken for. Each alarm says where it is written what to do. */
export class Alarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly watched: Watched,
    private readonly topic: ITopic,
  ) {
    super(scope, id);
    this.executions();
    this.firewall();
    this.gateway();
    this.ways();
  }

  private executions(): void {
    for (const { runbook, stateMachine } of this.watched.runbooks) {
      this.watch(`falconer-${runbook.slug}-failed`, {
        metric: executionsNotWell(stateMachine),
        above: 0,
        says: `Executions of ${runbook.slug} failed, ran out of time, or were aborted.`,
        page: failuresOf(runbook),
      });
    }
    for (const plan of this.watched.services) {
      for (const [index, metric] of waiting(Stack.of(this), plan.runbooks).entries()) {
        this.watch(`falconer-${plan.name}-waiting${index === 0 ? "" : `-${index + 1}`}`, {
          metric,
          above: 0,
          periods: 3,
          says: `Executions wait for a worker of the service ${plan.name}: none polls, or all slots are in use.`,
          page: plan.runbooks.map(failuresOf)[0] ?? GATEWAY_PAGE,
        });
      }
    }
  }

  private firewall(): void {
    const { blockGroups, huntGroup } = this.watched.configuration.firewall;
    for (const { name } of [...blockGroups, huntGroup]) {
      const isHunt = name === huntGroup.name;
      this.watch(`falconer-group-${name}-full`, {
        metric: groupUse(name),
        above: 80,
        says: `The rule group ${name} is filled by more than 80 %: add one to the configuration, and put it into the firewall's policy.`,
        page: isHunt ? "runbooks/refresh-hunt-list/README.md#what-it-hunts" : "runbooks/contain-finding/README.md#when-it-fails",
      });
    }
    this.watch("falconer-zones-behind", {
      metric: zonesBehind(),
      above: 0,
      says: "A zone of the firewall does not run the rules that were written, although it had its time.",
      page: "runbooks/contain-finding/README.md#when-it-fails",
    });
  }

  private gateway(): void {
    const failing = `${GATEWAY_PAGE}#when-something-fails`;
    this.watch("falconer-gateway-lag", { metric: lag(), above: 600, periods: 5, says: "Events of Falcon wait for more than ten minutes.", page: failing });
    this.watch("falconer-gateway-disconnected", {
      metric: isDisconnected(),
      above: 0,
      periods: 15,
      says: "A partition of Falcon's stream has not been read for a quarter of an hour.",
      page: failing,
    });
    this.watch("falconer-gateway-dead-letters", {
      metric: deadLetters(),
      above: 0,
      says: "Findings became dead letters.",
      page: `${GATEWAY_PAGE}#dead-letters`,
    });
    this.watch("falconer-gateway-silent", {
      metric: signsOfLife(),
      above: 0,
      periods: 10,
      silence: TreatMissingData.BREACHING,
      says: "The gateway tells no numbers: it does not run.",
      page: `${GATEWAY_PAGE}#where-to-look`,
    });
  }

  /** The ways by which executions are started. */
  private ways(): void {
    this.watch("falconer-undelivered", {
      metric: undelivered(this.watched.undelivered),
      above: 0,
      says: "Events could not start an execution, or could not be told: they lie in the queue falconer-undelivered for fourteen days.",
      page: "runbooks/contain-finding/README.md#what-starts-it",
    });
    this.watch("falconer-rule-function-failed", {
      metric: ruleFunctionErrors(),
      above: 0,
      says: "Calls of members' Config rules started no execution.",
      page: "runbooks/check-compliance/README.md#what-starts-it",
    });
  }

  private watch(name: string, { metric, above, periods = 1, silence = TreatMissingData.NOT_BREACHING, says, page }: Watch): void {
    const alarm = new Alarm(this, name, {
      alarmName: name,
      alarmDescription: `${says} What to do: ${page}`,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: silence,
    });
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}
