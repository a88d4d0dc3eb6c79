import { ArnFormat, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Activity, DefinitionBody, LogLevel, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";

import { acknowledge } from "./acknowledgements";
import { type Grant, grantKey } from "./grants";
import type { Contract, Runbook, State } from "./house";
import { placeholdersIn, statesOf } from "./house";
import { type Keeping, logGroup } from "./keeping";
import { type Placeholders, substitutions } from "./placeholders";

/** An activity for each contract. */
export class Activities extends Construct {
  /** Their ARNs by their names. */
  readonly arns: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, contracts: readonly Contract[]) {
    super(scope, id);
    const made = contracts.map(({ name }) => [name, new Activity(this, name, { activityName: name }).activityArn]);
    this.arns = Object.fromEntries(made) as Record<string, string>;
  }
}

/** How a runbook's executions are recorded. */
export interface Recording {
  readonly keeping: Keeping;
  /** Whether the log holds what states are given and give: findings, and so what attackers wrote. The execution's history has it anyway. */
  readonly executionData: boolean;
}

/** The state machine of a runbook: its definition as it stands in statemachines/, with what its placeholders stand for. */
export class RunbookStateMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, readonly runbook: Runbook, values: Placeholders, { keeping, executionData }: Recording) {
    super(scope, runbook.slug);
    this.stateMachine = new StateMachine(this, "StateMachine", {
      stateMachineName: runbook.slug,
      definitionBody: DefinitionBody.fromString(runbook.definition),
      definitionSubstitutions: substitutions(`statemachines/${runbook.slug}.asl.json`, runbook.definition, values),
      tracingEnabled: true,
      logs: {
        // Names that begin so need no room in the account's one resource policy for logs:
        // https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
        destination: logGroup(this, "Log", `/aws/vendedlogs/states/falconer/${runbook.slug}`, keeping),
        level: LogLevel.ALL,
        includeExecutionData: executionData,
      },
    });
    for (const statement of statesOf(runbook).flatMap((state) => permissionsOf(state, runbook.slug, values))) {
      this.stateMachine.addToRolePolicy(statement);
    }
    grantKey(this.stateMachine.role, keeping.key);
    acknowledge(this, "AwsSolutions-IAM5[Resource::*]", "log deliveries and X-Ray's traces have no resources of their own (Step Functions' own pages)");
  }
}

/** The ARN of a state machine by its name, which another may name before it is there. */
export function stateMachineArn(scope: Construct, slug: string): string {
  return Stack.of(scope).formatArn({ service: "states", resource: "stateMachine", resourceName: slug, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}

/** What `aws:executeStateMachine` calls: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeStateMachine.html */
export function runsExecutions(scope: Construct, slug: string): Grant[] {
  return [
    { actions: ["states:StartExecution"], on: [stateMachineArn(scope, slug)] },
    { actions: ["states:DescribeExecution", "states:StopExecution"], on: [executionsArn(scope, slug)], why: "executions have names of their own" },
  ];
}

/** The ARN of every execution of a state machine. */
export function executionsArn(scope: Construct, slug: string): string {
  const resource = { service: "states", resource: `execution:${slug}`, resourceName: "*", arnFormat: ArnFormat.COLON_RESOURCE_NAME };
  return Stack.of(scope).formatArn(resource);
}

/** What a state calls with the state machine's own role; an activity needs no permission. */
function permissionsOf({ Resource, Parameters = {} }: State, slug: string, values: Placeholders): PolicyStatement[] {
  const filledIn = (parameter: string): string => {
    const value = Parameters[parameter];
    const [name] = typeof value === "string" ? placeholdersIn(value) : [];
    return (name !== undefined && values.get(name)) || fail(slug, parameter);
  };
  switch (Resource) {
    case "${SnsPublishArn}":
      return [new PolicyStatement({ actions: ["sns:Publish"], resources: [filledIn("TopicArn")] })];
    case "${StartExecutionArn}": {
      const starts = Parameters["StateMachineArn.$"] === "$$.StateMachine.Id" ? values.get(slug) : filledIn("StateMachineArn");
      return [new PolicyStatement({ actions: ["states:StartExecution"], resources: [starts ?? fail(slug, "StateMachineArn")] })];
    }
    default:
      return [];
  }
}

function fail(slug: string, parameter: string): never {
  throw new Error(`statemachines/${slug}.asl.json: ${parameter} must be a placeholder, so that its permission can be derived`);
}
