import { Stack } from "aws-cdk-lib";
import { ArnPrincipal, CompositePrincipal, Role } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

import type { Configuration } from "./configuration";
import { grant } from "./grants";
import { grantsOf, SWITCH } from "./permissions";
import { executionsArn, type RunbookStateMachine } from "./runbook";

/** What `falconer blocks`, `hunts`, `pause` and `resume` call beside the executions. */
const CALLS = ["network-firewall:DescribeRuleGroup", "network-firewall:DescribeFirewall", "network-firewall:ListFirewalls", "securityhub:GetFindings", "ssm:GetParameter", "ssm:PutParameter"];

/**
 * The role in which named people use the command line: `falconer run`, `blocks`, `hunts`, `pause`, `resume`. Whoever may start
 * contain-finding may block, so nobody has it who is not named.
 */
export class Operators extends Construct {
  constructor(scope: Construct, id: string, configuration: Configuration, machines: readonly RunbookStateMachine[]) {
    super(scope, id);
    const { region } = Stack.of(this);
    const role = new Role(this, "Role", {
      roleName: "falconer-operator",
      description: "Starts Falconer's runbooks, and turns the switch for automatic acts",
      assumedBy: new CompositePrincipal(...configuration.operators.map((arn) => new ArnPrincipal(arn))),
    });
    const arns = machines.map(({ stateMachine }) => stateMachine.stateMachineArn);
    const executions = machines.map(({ runbook }) => executionsArn(this, runbook.slug));
    grant(
      role,
      { actions: ["states:StartExecution"], on: arns },
      { actions: ["states:DescribeExecution", "states:GetExecutionHistory", "states:StopExecution"], on: executions, why: "executions have names of their own" },
      { actions: ["states:ListStateMachines"], on: ["*"], why: "a list knows no resources" },
      ...grantsOf(CALLS, { configuration, region, readable: [SWITCH], writable: [SWITCH] }),
    );
  }
}
