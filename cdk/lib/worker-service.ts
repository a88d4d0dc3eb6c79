import { Aws, Duration, Stack } from "aws-cdk-lib";
import { AdjustmentType } from "aws-cdk-lib/aws-applicationautoscaling";
import type { Construct } from "constructs";

import type { Configuration, Scale } from "./configuration";
import { FalconerService, type Ground } from "./fargate";
import { type Grant, grant, grantKey } from "./grants";
import type { Keeping } from "./keeping";
import { RULE_FUNCTION } from "./names";
import { namespaceOf, slotUse, waiting } from "./operations/metrics";
import { grantsOf, HANDED_OVER, INSTALL_PARAMETERS, SWITCH, type Where } from "./permissions";
import type { ServicePlan } from "./service-plan";

/** A service of workers: those activities alone, with the role that they need. */
export class WorkerService extends FalconerService {
  constructor(scope: Construct, plan: ServicePlan, configuration: Configuration, ground: Ground, keeping: Keeping) {
    const scale = configuration.services[plan.name];
    super(scope, {
      name: plan.name,
      configuration,
      keeping,
      ground,
      size: scale,
      command: ["worker", "--activities", plan.activities.join(",")],
      environment: environmentOf(plan, configuration),
      running: [100, 200],
    });
    this.allow(plan, configuration, keeping);
    this.scale(plan, scale);
  }

  private allow(plan: ServicePlan, configuration: Configuration, { key }: Keeping): void {
    const { region } = Stack.of(this);
    const where: Where = { configuration, region, ...parametersOf(plan, configuration) };
    // What is called in a place is called with this role where the place is in the hub's own account, in whichever region.
    const inPlaces: Where = { configuration, region: "*", readable: [HANDED_OVER], writable: [HANDED_OVER] };
    const protocol: Grant[] = [
      { actions: ["states:GetActivityTask"], on: plan.activities.map((name) => activityArn(name, region)) },
      {
        actions: ["states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat"],
        on: ["*"],
        why: "it knows no resources: the token, which only a poll of an activity gives, is the fence",
      },
    ];
    grant(this.role, ...protocol, ...grantsOf(plan.actions.own, where), ...grantsOf(plan.actions.assumed, inPlaces));
    grantKey(this.role, key);
  }

  /** More tasks while their slots are used up, or while executions wait for somebody who begins; fewer while most slots are free. */
  private scale(plan: ServicePlan, { least, most }: Scale): void {
    const scaling = this.service.autoScaleTaskCount({ minCapacity: least, maxCapacity: most });
    const adjustmentType = AdjustmentType.CHANGE_IN_CAPACITY;
    scaling.scaleOnMetric("SlotUse", {
      metric: slotUse(plan.name),
      scalingSteps: [
        { upper: 20, change: -1 },
        { lower: 70, change: 1 },
        { lower: 90, change: 2 },
      ],
      adjustmentType,
      cooldown: Duration.minutes(5),
      evaluationPeriods: 3,
    });
    for (const [index, metric] of waiting(Stack.of(this), plan.runbooks).entries()) {
      scaling.scaleOnMetric(`Waiting${index}`, {
        metric,
        scalingSteps: [
          { lower: 20, change: 1 },
          { lower: 200, change: 2 },
        ],
        adjustmentType,
        cooldown: Duration.minutes(5),
      });
    }
  }
}

function environmentOf(plan: ServicePlan, configuration: Configuration): Record<string, string> {
  const { accounts, falcon } = commonEnvironment(configuration);
  const { blockGroups, huntGroup } = configuration.firewall;
  return {
    ...accounts,
    ...falcon,
    FALCONER_WORKER_ACTIVITY_ARNS: activityArn("", Aws.REGION),
    FALCONER_WORKER_METRICS_NAMESPACE: namespaceOf(plan.name),
    FALCONER_ACCOUNTS_AGGREGATOR: configuration.aggregator,
    FALCONER_SWITCH_PARAMETER: SWITCH,
    FALCONER_FIREWALL_BLOCK_GROUPS: blockGroups.map(({ name }) => name).join(","),
    FALCONER_HUNT_GROUP: huntGroup.name,
    ...(plan.name === "sensors" && { FALCONER_FALCON_INSTALL_CREDENTIALS: configuration.falcon.installCredentials }),
    ...(plan.runbooks.some(({ slug }) => slug === "onboard-account") && onboarding(configuration)),
  };
}

/** What the workers and the gateway are told alike. */
export function commonEnvironment({ members, falcon }: Configuration): { accounts: Record<string, string>; falcon: Record<string, string> } {
  return {
    accounts: { FALCONER_ACCOUNTS_MEMBER_ROLE: members.role, FALCONER_ACCOUNTS_EXTERNAL_ID: members.externalId },
    falcon: {
      FALCONER_FALCON_CREDENTIALS: falcon.credentials,
      ...(falcon.cloud !== "" && { FALCONER_FALCON_CLOUD: falcon.cloud }),
    },
  };
}

function onboarding({ hub, members }: Configuration): Record<string, string> {
  return {
    FALCONER_ONBOARDING_ORGANIZATION: hub.organization,
    FALCONER_ONBOARDING_REGIONS: members.regions.join(","),
    FALCONER_ONBOARDING_RULE_FUNCTION: `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:${RULE_FUNCTION}`,
  };
}

/** What install-sensor keeps, and the credentials that installs are given, are for nobody else. */
function parametersOf({ name }: ServicePlan, { falcon }: Configuration): Pick<Where, "readable" | "writable"> {
  const shared = [SWITCH, falcon.credentials];
  return name === "sensors"
    ? { readable: [...shared, falcon.installCredentials, INSTALL_PARAMETERS], writable: [INSTALL_PARAMETERS] }
    : { readable: shared, writable: [] };
}

function activityArn(name: string, region: string): string {
  return `arn:${Aws.PARTITION}:states:${region}:${Aws.ACCOUNT_ID}:activity:${name}`;
}
