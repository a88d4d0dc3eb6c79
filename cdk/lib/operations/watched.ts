import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";

import type { Configuration } from "../configuration";
import type { Runbook } from "../house";
import type { ServicePlan } from "../service-plan";

/** What the dashboard shows and the alarms watch. */
export interface Watched {
  readonly configuration: Configuration;
  readonly runbooks: readonly { readonly runbook: Runbook; readonly stateMachine: IStateMachine }[];
  readonly services: readonly ServicePlan[];
  readonly undelivered: IQueue;
}
