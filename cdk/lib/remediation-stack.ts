import { Aws, BootstraplessSynthesizer, Stack } from "aws-cdk-lib";
import { CfnRemediationConfiguration } from "aws-cdk-lib/aws-config";
import type { Construct } from "constructs";

import { automationRoleName, documentName } from "./automation-documents";
import type { Configuration } from "./configuration";
import { busArn } from "./forwarding";
import { BUS } from "./names";

/** The Config rule of a member, which onboard-account makes (workers/domain/src/onboarding/rule.rs). */
const RULE = "falconer-sensor";

/** The runbook whose document the remediation runs. */
const INSTALL = "install-sensor";

/**
 * The remediation of a member's Config rule. A StackSet of its own: Config refuses a remediation of a rule that is not there, so that in
 * one stack with the role it would take the role with it when it fails, and without the role nobody could make the rule.
 * https://docs.aws.amazon.com/config/latest/APIReference/API_PutRemediationConfigurations.html
 */
export class RemediationStack extends Stack {
  constructor(scope: Construct, id: string, { hub, members }: Configuration) {
    super(scope, id, { synthesizer: new BootstraplessSynthesizer(), description: "Falconer: the remediation in a member account" });
    const isAutomatic = members.remediation === "automatic";
    const fixed = (value: string): object => ({ StaticValue: { Values: [value] } });
    new CfnRemediationConfiguration(this, "Remediation", {
      configRuleName: RULE,
      targetType: "SSM_DOCUMENT",
      targetId: documentName(INSTALL),
      parameters: {
        AutomationAssumeRole: fixed(`arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/${automationRoleName(INSTALL)}`),
        HubBusArn: fixed(busArn(hub.account, Aws.REGION, BUS)),
        InstanceId: { ResourceValue: { Value: "RESOURCE_ID" } },
        // A person who chooses the remediation is never held back; what Config starts by itself is.
        Automatic: fixed(String(isAutomatic)),
      },
      automatic: isAutomatic,
      ...(isAutomatic && { maximumAutomaticAttempts: 2, retryAttemptSeconds: 3600 }),
    });
  }
}
