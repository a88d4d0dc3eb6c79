import { ArnFormat, Aws, Duration, Stack } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, CfnPermission, Code, Function as LambdaFunction, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";

import { acknowledge } from "./acknowledgements";
import type { Configuration } from "./configuration";
import { grant } from "./grants";
import { type Keeping, logGroup } from "./keeping";
import { RULE_FUNCTION } from "./names";

/** The runbook that it starts. */
export const CHECK = "check-compliance";

/**
 * What the members' Config rules call: it starts check-compliance in the hub's region with the rule's event, and does nothing else. Config
 * calls a function in the rule's own region alone, and so there is one in each.
 *
 * Where every account's rules may call, Organizations says whose is one of ours, once for each account and process; a stranger's call ends
 * there. The account is that of the rule's ARN, which Config writes and check-compliance believes.
 *
 * A name made of the event's result token makes a call that comes twice one execution: StartExecution with the same name and input is the
 * same start, and later it is refused, which is as good.
 */
export const SOURCE = `
const { createHash } = require("node:crypto");
const { SFNClient, StartExecutionCommand } = require("@aws-sdk/client-sfn");
const { OrganizationsClient, DescribeAccountCommand } = require("@aws-sdk/client-organizations");
const { STATE_MACHINE_ARN: stateMachineArn, HUB_REGION: region, ANYBODY_MAY_CALL: anybodyMayCall } = process.env;
const states = new SFNClient({ region });
const organizations = new OrganizationsClient({});
const members = new Set();
const isMember = async (AccountId) => {
  if (anybodyMayCall === "true" && !members.has(AccountId)) {
    try {
      await organizations.send(new DescribeAccountCommand({ AccountId }));
    } catch (error) {
      if (error.name === "AccountNotFoundException") return false;
      throw error;
    }
  }
  members.add(AccountId);
  return true;
};
exports.handler = async (event) => {
  if (!(await isMember(event.configRuleArn.split(":")[4]))) return;
  const name = "rule-" + createHash("sha256").update(String(event.resultToken) + event.invokingEvent).digest("hex");
  try {
    await states.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(event) }));
  } catch (error) {
    if (error.name !== "ExecutionAlreadyExists") throw error;
  }
};
`.trim();

/** The function in one region, and who may call it. */
export class MemberRuleFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, configuration: Configuration, keeping: Keeping) {
    super(scope, id);
    const { hub, management, members } = configuration;
    const stateMachineArn = Stack.of(this).formatArn({
      service: "states",
      region: hub.region,
      resource: "stateMachine",
      resourceName: CHECK,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const log = logGroup(this, "Log", `/aws/lambda/${RULE_FUNCTION}`, keeping);
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    log.grantWrite(role);
    const anybodyMayCall = members.ruleAccounts.length === 0;
    grant(role, { actions: ["states:StartExecution"], on: [stateMachineArn] });
    if (anybodyMayCall) {
      grant(role, {
        actions: ["organizations:DescribeAccount"],
        on: [`arn:${Aws.PARTITION}:organizations::${management.account}:account/${hub.organization}/*`],
        why: "whichever account of the organization a rule is in",
      });
    }
    this.function = new LambdaFunction(this, "Function", {
      functionName: RULE_FUNCTION,
      description: `Starts ${CHECK} with the event of a member's Config rule`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromInline(SOURCE),
      handler: "index.handler",
      role,
      logGroup: log,
      tracing: Tracing.ACTIVE,
      timeout: Duration.seconds(30),
      environment: { STATE_MACHINE_ARN: stateMachineArn, HUB_REGION: hub.region, ANYBODY_MAY_CALL: String(anybodyMayCall) },
      environmentEncryption: keeping.key,
    });
    this.allow(members.ruleAccounts);
    acknowledge(role, "AwsSolutions-IAM5[Resource::*]", "X-Ray's traces have no resources");
  }

  /**
   * Config calls as a service, for which a function's policy knows one account, or one whole ARN, and no organization (PrincipalOrgID
   * holds of principals in accounts: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html). Named accounts get a statement
   * each. Without names the rules of every account may call, so that an account that joins needs no deployment, and the function asks
   * whose they are.
   */
  private allow(accounts: readonly string[]): void {
    const permission = (id: string, sourceAccount?: string): CfnPermission =>
      new CfnPermission(this, id, {
        action: "lambda:InvokeFunction",
        functionName: this.function.functionArn,
        principal: "config.amazonaws.com",
        sourceAccount,
      });
    if (accounts.length === 0) {
      permission("FromEverywhere");
    }
    for (const account of accounts) {
      permission(`From-${account}`, account);
    }
  }
}
