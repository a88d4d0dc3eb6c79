import { Stack } from "aws-cdk-lib";
import { ArnPrincipal, CompositePrincipal, PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

import type { Configuration } from "./configuration";
import { statements, SWITCH } from "./permissions";
import { executionsArn, type RunbookStateMachine } from "./runbook";

/** What `falconer blocks`, `hunts`, `pause` and `resume` read beside the executions. */
const READING = ["network-firewall:DescribeRuleGroup", "network-firewall:DescribeFirewall", "network-firewall:ListFirewalls", "securityhub:GetFindings", "ssm:GetParameter"];

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
    const executions = machines.map(({ slug }) => executionsArn(this, slug));
    role.addToPolicy(new PolicyStatement({ actions: ["states:StartExecution"], resources: arns }));
    role.addToPolicy(
      new PolicyStatement({ actions: ["states:DescribeExecution", "states:GetExecutionHistory", "states:StopExecution"], resources: executions }),
    );
    role.addToPolicy(new PolicyStatement({ actions: ["states:ListStateMachines"], resources: ["*"] }));
    for (const statement of statements(READING, { configuration, region, readable: [SWITCH] })) {
      role.addToPolicy(statement);
    }
    const parameter = Stack.of(this).formatArn({ service: "ssm", resource: "parameter", resourceName: SWITCH.slice(1) });
    role.addToPolicy(new PolicyStatement({ actions: ["ssm:PutParameter"], resources: [parameter] }));
  }
}
