import { App, Tags } from "aws-cdk-lib";

import type { Configuration } from "./configuration";
import type { House } from "./house";
import { HubStack } from "./hub-stack";

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
};

/** An app for a deployment; without a folder, in the one that the command line names. */
export function deploymentApp(outdir?: string): App {
  return new App({ postCliContext: FEATURES, analyticsReporting: false, ...(outdir !== undefined && { outdir }) });
}

/** Puts every stack of a deployment into an app. */
export function deploy(app: App, configuration: Configuration, house: House): void {
  const { hub } = configuration;
  new HubStack(app, "falconer-hub", configuration, house, {
    description: "Falconer: the hub",
    env: { account: hub.account, region: hub.region },
  });
  Tags.of(app).add("falconer", "deployment");
}
