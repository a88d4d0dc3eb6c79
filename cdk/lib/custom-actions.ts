import { Stack } from "aws-cdk-lib";
import { type AwsSdkCall, PhysicalResourceId } from "aws-cdk-lib/custom-resources";
import { Construct } from "constructs";

import type { DeploymentCalls } from "./deployment-calls";
import type { House, TriggerRule } from "./house";

/** https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_CreateActionTarget.html */
const LONGEST_NAME = 20;

/**
 * The custom actions of Security Hub that triggers wait for: `falconerBlock` is shown as "Falconer: block".
 *
 * CloudFormation's AWS::SecurityHub::ActionTarget is not there in AWS GovCloud (US); the calls are.
 */
export class CustomActions extends Construct {
  constructor(scope: Construct, id: string, { runbooks }: House, calls: DeploymentCalls) {
    super(scope, id);
    const arn = (resource: string): string => Stack.of(this).formatArn({ service: "securityhub", resource });
    calls.grant({
      actions: ["CreateActionTarget", "UpdateActionTarget", "DeleteActionTarget"].map((action) => `securityhub:${action}`),
      on: [arn("hub/default"), arn("action/custom/falconer*")],
      why: "the actions whose ids begin with Falconer's name",
    });
    for (const rule of runbooks.flatMap(({ rules }) => rules)) {
      for (const action of actionsOf(rule)) {
        const target = { Name: nameOf(action), Description: rule.description };
        const named = { ActionTargetArn: arn(`action/custom/${action}`) };
        calls.make(this, action, {
          resourceType: "Custom::FalconerAction",
          // One that somebody has made by hand is taken over with the next change.
          onCreate: { ...call("CreateActionTarget", action, { Id: action, ...target }), ignoreErrorCodesMatching: "ResourceConflictException" },
          onUpdate: call("UpdateActionTarget", action, { ...named, ...target }),
          onDelete: { ...call("DeleteActionTarget", action, named), ignoreErrorCodesMatching: "ResourceNotFoundException" },
        }).node.addDependency(calls);
      }
    }
  }
}

function call(action: string, id: string, parameters: Record<string, string>): AwsSdkCall {
  return { service: "securityhub", action, parameters, physicalResourceId: PhysicalResourceId.of(id), outputPaths: ["ActionTargetArn"] };
}

/** The ids that a rule's pattern names by their ARNs. */
export function actionsOf({ eventPattern }: TriggerRule): string[] {
  const { resources = [] } = (eventPattern ?? {}) as { resources?: readonly unknown[] };
  return resources.flatMap((arn) => /:action\/custom\/([A-Za-z0-9]{1,20})$/.exec(String(arn))?.[1] ?? []);
}

function nameOf(action: string): string {
  const words = action.replace(/^falconer/, "").split(/(?=[A-Z])/);
  const name = `Falconer: ${words.join(" ").toLowerCase()}`;
  if (name.length > LONGEST_NAME) {
    throw new Error(`the custom action ${action} would be called "${name}", and Security Hub allows ${LONGEST_NAME} characters`);
  }
  return name;
}
