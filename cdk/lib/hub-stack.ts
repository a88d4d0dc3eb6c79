import { Stack, type StackProps } from "aws-cdk-lib";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct, IDependable } from "constructs";

import { AlertLog } from "./alert-log";
import { automationDocuments, automationRole } from "./automation-documents";
import type { Configuration } from "./configuration";
import { CustomActions } from "./custom-actions";
import { DeploymentCalls } from "./deployment-calls";
import { Ground } from "./fargate";
import { GatewayService } from "./gateway-service";
import type { House } from "./house";
import { deadLetterQueue, keeping, type Keeping } from "./keeping";
import { Ledger } from "./ledger";
import { MemberBus } from "./member-bus";
import { MemberRuleFunction } from "./member-rule-function";
import { BUS } from "./names";
import { Notifications } from "./notifications";
import { Alarms } from "./operations/alarms";
import { OperationsDashboard } from "./operations/dashboard";
import { Operators } from "./operators";
import { placeholders, type Placeholders } from "./placeholders";
import { Activities, RunbookStateMachine, runsExecutions, stateMachineArn } from "./runbook";
import { services } from "./service-plan";
import { Triggers } from "./triggers";
import { WorkerService } from "./worker-service";

/** Everything in the account and region of the workers. */
export class HubStack extends Stack {
  constructor(scope: Construct, id: string, configuration: Configuration, house: House, props: StackProps) {
    super(scope, id, props);
    const kept = keeping(this, configuration);
    const undelivered = deadLetterQueue(this, "Undelivered", "falconer-undelivered", kept);
    const notifications = new Notifications(this, "Notifications", configuration, kept);
    const members = new MemberBus(this, "Members", configuration, kept);
    members.allowManagement();
    const calls = new DeploymentCalls(this, "Calls", kept);
    new Ledger(this, "Ledger", configuration.firewall, calls);
    new CustomActions(this, "CustomActions", house, calls);
    new MemberRuleFunction(this, "MemberRuleFunction", configuration, kept);

    const activities = new Activities(this, "Activities", house.contracts);
    const values = placeholders({
      topicArn: notifications.topic.topicArn,
      arns: { ...activities.arns, ...Object.fromEntries(house.runbooks.map(({ slug }) => [slug, stateMachineArn(this, slug)])) },
    });
    const stateMachines = this.runbooks(configuration, house, values, kept, undelivered, members);
    const arns = stateMachines.map(({ stateMachine }) => stateMachine.stateMachineArn);
    notifications.tellOfFailures(house.runbooks.map(({ slug }) => slug), arns, undelivered);
    this.waysIn(configuration, house, stateMachines);

    const ground = new Ground(this, "Ground", configuration);
    const plans = services(house);
    for (const plan of plans) {
      const { service } = new WorkerService(this, plan, configuration, ground, kept);
      this.workersFirst(service, stateMachines.filter(({ runbook }) => plan.runbooks.includes(runbook)));
    }
    new GatewayService(this, configuration, ground, kept);

    const watched = { configuration, runbooks: stateMachines, services: plans, undelivered };
    new OperationsDashboard(this, "Dashboard", watched);
    new Alarms(this, "Alarms", watched, notifications.topic);
  }

  /** An upgrade changes a state machine when no worker of the last release is left (CONTRIBUTING.md, "Contracts only grow"). */
  private workersFirst(service: IDependable, stateMachines: readonly RunbookStateMachine[]): void {
    for (const { stateMachine } of stateMachines) {
      stateMachine.node.addDependency(service);
    }
  }

  /** For people: the operators' role, and Systems Manager's console. */
  private waysIn(configuration: Configuration, { runbooks }: House, stateMachines: readonly RunbookStateMachine[]): void {
    if (configuration.operators.length > 0) {
      new Operators(this, "Operators", configuration, stateMachines);
    }
    automationDocuments(this, "hub", runbooks);
    for (const { slug } of runbooks.filter(({ documents }) => documents["hub"] !== undefined)) {
      automationRole(this, slug, runsExecutions(this, slug));
    }
  }

  private runbooks(
    configuration: Configuration,
    house: House,
    values: Placeholders,
    kept: Keeping,
    undelivered: Queue,
    { bus }: MemberBus,
  ): RunbookStateMachine[] {
    const { firewall, logs } = configuration;
    const alerts = firewall.alertLogGroup === undefined ? undefined : new AlertLog(this, "AlertLog", firewall.alertLogGroup, kept);
    return house.runbooks.map((runbook) => {
      const made = new RunbookStateMachine(this, runbook, values, { keeping: kept, executionData: logs.executionData });
      new Triggers(made, "Triggers", runbook, made, { values, undelivered, buses: { [BUS]: bus.eventBusName } });
      for (const pipe of runbook.pipes) {
        alerts?.handOn(pipe, made, undelivered, kept);
      }
      return made;
    });
  }
}

