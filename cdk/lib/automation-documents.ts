import { Aws, type CfnCondition, CfnResource } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnDocument } from "aws-cdk-lib/aws-ssm";
import type { Construct } from "constructs";
import { parse } from "yaml";

import { type Grant, grant } from "./grants";
import type { Runbook } from "./house";

/** What an Automation document is called, in the hub and in the members. */
export function documentName(slug: string): string {
  return `falconer-${slug}`;
}

/** What the role is called that a runbook's Automation document works with. */
export function automationRoleName(slug: string): string {
  return `falconer-${slug}-automation`;
}

/** The Automation documents of runbooks that start from one kind of account: `hub` or `member`. */
export function automationDocuments(scope: Construct, kind: string, runbooks: readonly Runbook[]): void {
  for (const { slug, documents } of runbooks) {
    const content = documents[kind];
    if (content !== undefined) {
      new CfnDocument(scope, `Document-${slug}`, {
        name: documentName(slug),
        documentType: "Automation",
        documentFormat: "JSON",
        content: parse(content) as object,
        // A document with a name of its own gets a new version, and is not replaced.
        updateMethod: "NewVersion",
      });
    }
  }
}

/** A role that Systems Manager assumes for a runbook's Automation document (`AutomationAssumeRole`). */
export function automationRole(scope: Construct, slug: string, grants: readonly Grant[], when?: CfnCondition): Role {
  const role = new Role(scope, `AutomationRole-${slug}`, {
    roleName: automationRoleName(slug),
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-iam.html
    assumedBy: new ServicePrincipal("ssm.amazonaws.com", { conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } } }),
  });
  grant(role, ...grants);
  for (const part of role.node.findAll()) {
    if (when !== undefined && CfnResource.isCfnResource(part)) {
      part.cfnOptions.condition = when;
    }
  }
  return role;
}
