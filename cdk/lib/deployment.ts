import { App, Tags } from "aws-cdk-lib";

import type { Configuration } from "./configuration";
import type { House } from "./house";
import { HubStack } from "./hub-stack";
import { ManagementStack, organizationsRegion } from "./management-stack";
import { MemberStack } from "./member-stack";
import { RegionStack } from "./region-stack";
import { RemediationStack } from "./remediation-stack";

/** How CDK is to behave where it has changed its mind over time: https://docs.aws.amazon.com/cdk/v2/guide/featureflags.html */
const FEATURES = {
  // "explicit" tags only what is named; tags of a whole stack would be on the call that makes it, too.
  "@aws-cdk/core:explicitStackTags": true,
  // One statement for what is granted twice.
  "@aws-cdk/aws-iam:minimizePolicies": true,
  // A file system's policy lets in only what a task's role is allowed.
  "@aws-cdk/aws-efs:denyAnonymousAccess": true,
  "@aws-cdk/aws-efs:mountTargetOrderInsensitiveLogicalId": true,
  "@aws-cdk/aws-ecs:arnFormatIncludesClusterName": true,
  "@aws-cdk/aws-ecs:disableExplicitDeploymentControllerForCircuitBreaker": true,
  "@aws-cdk/customresources:installLatestAwsSdkDefault": false,
  // What CloudFormation would refuse is refused here.
  "@aws-cdk/core:validateAgainstDefaultRules": true,
};

/** An app for a deployment; without a folder, in the one that the command line names. */
export function deploymentApp(outdir?: string): App {
  return new App({ postCliContext: FEATURES, analyticsReporting: false, autoSynth: false, outdir: outdir ?? process.env["CDK_OUTDIR"] });
}

/** Puts every stack of a deployment into an app. */
export function deploy(app: App, configuration: Configuration, house: House): void {
  const { hub, management, members } = configuration;
  new HubStack(app, "falconer-hub", configuration, house, {
    description: "Falconer: the hub",
    env: { account: hub.account, region: hub.region },
  });
  for (const region of members.regions.filter((one) => one !== hub.region)) {
    new RegionStack(app, `falconer-region-${region}`, configuration, {
      description: `Falconer: what the members of ${region} reach`,
      env: { account: hub.account, region },
    });
  }
  for (const region of new Set([management.region, organizationsRegion(management.region)])) {
    new ManagementStack(app, `falconer-management-${region}`, configuration, house, {
      description: "Falconer: the organization's management account",
      env: { account: management.account, region },
    });
  }
  // Also in the StackSets of the management stack; here for accounts that these do not reach, such as the management account itself.
  new MemberStack(app, "falconer-member", configuration, house);
  if (members.remediation !== "none") {
    new RemediationStack(app, "falconer-remediation", configuration);
  }
  Tags.of(app).add("falconer", "deployment");
}
