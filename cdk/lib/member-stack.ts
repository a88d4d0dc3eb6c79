import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { App, Aws, BootstraplessSynthesizer, CfnCondition, CfnResource, Fn, Stack } from "aws-cdk-lib";
import { AccountPrincipal, Role } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";

import { automationDocuments, automationRole } from "./automation-documents";
import type { Configuration } from "./configuration";
import { GATEWAY_IMPORTS } from "./gateway-service";
import { busArn } from "./forwarding";
import { roleName } from "./fargate";
import { type Grant, grant } from "./grants";
import type { House } from "./house";
import { BUS, GATEWAY } from "./names";
import { grantsOf, HANDED_OVER } from "./permissions";
import { services, union } from "./service-plan";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackSet.html */
export const LONGEST_TEMPLATE = 51_200;

/**
 * What is in every member account: the role that the workers assume, and the Automation documents. It is the template of a StackSet, so it
 * has no assets, no nested stacks and no transforms; roles are the same in every region, and are made in the first of them.
 *
 * The Config rule is not here: onboard-account makes it, when the account's recorder stands.
 */
export class MemberStack extends Stack {
  constructor(scope: Construct, id: string, configuration: Configuration, house: House) {
    super(scope, id, { synthesizer: new BootstraplessSynthesizer(), description: "Falconer: a member account" });
    const [home] = configuration.members.regions;
    const isHome = new CfnCondition(this, "IsHome", { expression: Fn.conditionEquals(Aws.REGION, home) });
    this.memberRole(configuration, house, isHome);
    automationDocuments(this, "member", house.runbooks);
    for (const { slug, documents } of house.runbooks) {
      if (documents["member"] !== undefined) {
        const asks: Grant = { actions: ["events:PutEvents"], on: [busArn(configuration.hub.account, "*", BUS)], why: "the hub's bus of whichever region" };
        automationRole(this, slug, [asks], isHome);
      }
    }
  }

  /** The union of what activities call in a place, and what the gateway does there. */
  private memberRole(configuration: Configuration, house: House, isHome: CfnCondition): void {
    const { hub, members } = configuration;
    const callers = [...services(house).filter(({ actions }) => actions.assumed.length > 0).map(({ name }) => name), GATEWAY];
    const role = new Role(this, "Role", {
      roleName: members.role,
      description: "What Falconer's workers and gateway do in this account",
      externalIds: [members.externalId],
      // The account, and then the role by its name: a role that is named as the principal must be there already, and a new one by that name
      // would be another.
      assumedBy: new AccountPrincipal(hub.account).withConditions({
        ArnEquals: { "aws:PrincipalArn": callers.map((name) => `arn:${Aws.PARTITION}:iam::${hub.account}:role/${roleName(name)}`) },
      }),
    });
    const { assumed } = union(house.contracts);
    grant(role, ...grantsOf(assumed, { configuration, region: "*", readable: [HANDED_OVER], writable: [HANDED_OVER] }), GATEWAY_IMPORTS);
    for (const part of role.node.findAll()) {
      if (CfnResource.isCfnResource(part)) {
        part.cfnOptions.condition = isHome;
      }
    }
  }
}

/** The text of a stack's template, as a StackSet takes it. */
export function templateBody(make: (app: App) => Stack): string {
  const folder = mkdtempSync(join(tmpdir(), "falconer-member-"));
  try {
    const app = new App({ outdir: folder, autoSynth: false, analyticsReporting: false });
    const stack = make(app);
    const { template } = app.synth().getStackArtifact(stack.artifactId) as { template: Record<string, unknown> };
    return JSON.stringify(template);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
