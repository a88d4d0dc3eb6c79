import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { LogGroup } from "aws-cdk-lib/aws-logs";
import { AwsCustomResource, type AwsCustomResourceProps } from "aws-cdk-lib/custom-resources";
import { Construct } from "constructs";

import { type Grant, grant } from "./grants";
import { type Keeping, logGroup } from "./keeping";

/** Calls that a deployment makes where CloudFormation has no resource, or has one that does too much. CDK's own function makes them all. */
export class DeploymentCalls extends Construct {
  private readonly role: Role;
  private readonly log: LogGroup;

  constructor(scope: Construct, id: string, keeping: Keeping) {
    super(scope, id);
    this.role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.log = logGroup(this, "Log", "/falconer/deployment", keeping);
    this.log.grantWrite(this.role);
  }

  /** Lets the calls do something. */
  grant(...grants: readonly Grant[]): void {
    grant(this.role, ...grants);
  }

  make(scope: Construct, id: string, props: Omit<AwsCustomResourceProps, "policy" | "role" | "logGroup">): AwsCustomResource {
    return new AwsCustomResource(scope, id, { installLatestAwsSdk: false, role: this.role, logGroup: this.log, ...props });
  }
}
