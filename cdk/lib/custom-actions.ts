import { CfnActionTarget } from "aws-cdk-lib/aws-securityhub";
import { Construct } from "constructs";

import type { House, TriggerRule } from "./house";

/** https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_CreateActionTarget.html */
const LONGEST_NAME = 20;

/** The custom actions of Security Hub that triggers wait for: `falconerBlock` is shown as "Falconer: block". */
export class CustomActions extends Construct {
  constructor(scope: Construct, id: string, { runbooks }: House) {
    super(scope, id);
    for (const rule of runbooks.flatMap(({ rules }) => rules)) {
      for (const action of actionsOf(rule)) {
        new CfnActionTarget(this, action, { id: action, name: nameOf(action), description: rule.description });
      }
    }
  }
}

/** The ids that a rule's pattern names by their ARNs. */
export function actionsOf({ eventPattern }: TriggerRule): string[] {
  const { resources = [] } = (eventPattern ?? {}) as { resources?: readonly unknown[] };
  return resources.flatMap((arn) => /:action\/custom\/([A-Za-z0-9]{1,20})$/.exec(String(arn))?.[1] ?? []);
}

function nameOf(action: string): string {
  const name = action.replace(/^falconer/, "Falconer:").replaceAll(/[A-Z](?!alconer)/g, (letter) => ` ${letter.toLowerCase()}`);
  if (name.length > LONGEST_NAME) {
    throw new Error(`the custom action ${action} would be called "${name}", and Security Hub allows ${LONGEST_NAME} characters`);
  }
  return name;
}
