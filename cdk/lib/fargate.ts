import { Duration, Stack } from "aws-cdk-lib";
import { type IVpc, Port, Peer, SecurityGroup, Vpc } from "aws-cdk-lib/aws-ec2";
import { Repository } from "aws-cdk-lib/aws-ecr";
import {
  AwsLogDriverMode,
  Capability,
  Cluster,
  type ContainerDefinition,
  ContainerImage,
  ContainerInsights,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LinuxParameters,
  LogDriver,
  OperatingSystemFamily,
} from "aws-cdk-lib/aws-ecs";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

import { acknowledge } from "./acknowledgements";
import type { Configuration, Size } from "./configuration";
import { FORMS } from "./configuration/forms";
import { type Keeping, logGroup } from "./keeping";

/** The user of the image (image/Dockerfile). */
export const USER = 65532;

/** Where the process answers its own health check. */
const HEALTH_PORT = 8080;

/** Where the services run: a cluster in private subnets of the organization's own VPC. */
export class Ground extends Construct {
  readonly vpc: IVpc;
  readonly cluster: Cluster;

  constructor(scope: Construct, id: string, { network }: Configuration) {
    super(scope, id);
    this.vpc = Vpc.fromVpcAttributes(this, "Vpc", {
      vpcId: network.vpc,
      availabilityZones: [...network.availabilityZones],
      privateSubnetIds: [...network.subnets],
    });
    acknowledge(this.vpc, "Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId", "nobody here asks for the routes of a subnet");
    this.cluster = new Cluster(this, "Cluster", {
      clusterName: "falconer",
      vpc: this.vpc,
      containerInsightsV2: ContainerInsights.ENABLED,
    });
  }
}

/** How a service of `falconer` is run. */
export interface ServiceProps {
  readonly name: string;
  readonly configuration: Configuration;
  readonly keeping: Keeping;
  readonly ground: Ground;
  readonly size: Size;
  /** Of the command line: `worker`, `--activities`, … */
  readonly command: readonly string[];
  /** `FALCONER_*` variables beside those that every service has. */
  readonly environment: Readonly<Record<string, string>>;
  /** How many tasks; left out where they are scaled, so that a deployment does not undo it. */
  readonly desired?: number;
  /** Of the desired tasks, in per cent, that run while a deployment replaces them: at least, at most. */
  readonly running: readonly [number, number];
}

/**
 * A service of `falconer` on Fargate: one container without a shell, without privileges and with nothing that it could write to, in
 * private subnets, that nobody can connect to and that reaches HTTPS alone.
 */
export class FalconerService extends Construct {
  readonly role: Role;
  readonly task: FargateTaskDefinition;
  readonly container: ContainerDefinition;
  readonly securityGroup: SecurityGroup;
  readonly service: FargateService;

  constructor(scope: Construct, props: ServiceProps) {
    super(scope, props.name);
    const { name, configuration, ground, size } = props;
    // Named, since the members' role trusts it by its name.
    this.role = new Role(this, "Role", { roleName: roleName(name), assumedBy: tasksOf(this) });
    const executionRole = new Role(this, "ExecutionRole", { assumedBy: tasksOf(this) });
    acknowledge(executionRole, "AwsSolutions-IAM5[Resource::*]", "ecr:GetAuthorizationToken knows no resources");
    this.task = new FargateTaskDefinition(this, "Task", {
      family: `falconer-${name}`,
      cpu: size.cpu,
      memoryLimitMiB: size.memory,
      taskRole: this.role,
      executionRole,
      runtimePlatform: {
        operatingSystemFamily: OperatingSystemFamily.LINUX,
        cpuArchitecture: configuration.image.architecture === "arm64" ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64,
      },
    });
    this.container = this.addContainer(props);
    this.securityGroup = new SecurityGroup(this, "SecurityGroup", {
      vpc: ground.vpc,
      description: `Falconer ${name}: HTTPS to AWS and Falcon, and nothing in`,
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.HTTPS, "AWS and Falcon");
    this.service = new FargateService(this, "Service", {
      serviceName: `falconer-${name}`,
      cluster: ground.cluster,
      taskDefinition: this.task,
      desiredCount: props.desired,
      minHealthyPercent: props.running[0],
      maxHealthyPercent: props.running[1],
      circuitBreaker: { rollback: true },
      assignPublicIp: false,
      securityGroups: [this.securityGroup],
      vpcSubnets: { subnets: ground.vpc.privateSubnets },
    });
    acknowledge(this.task, "AwsSolutions-ECS2", "the variables are configuration; credentials are named by their parameters, never given");
  }

  private addContainer({ name, configuration, keeping, command, environment }: ServiceProps): ContainerDefinition {
    const log = logGroup(this, "Log", `/falconer/${name}`, keeping);
    const container = this.task.addContainer("falconer", {
      image: imageOf(this, configuration),
      command: [...command],
      environment: withOverrides({ ...environment, FALCONER_WORKER_HEALTH: `0.0.0.0:${HEALTH_PORT}` }, configuration),
      user: `${USER}:${USER}`,
      readonlyRootFilesystem: true,
      linuxParameters: new LinuxParameters(this, "Linux", { initProcessEnabled: false }),
      // The image has no shell and no curl: the binary asks itself.
      healthCheck: { command: ["CMD", "/falconer", "health"], interval: Duration.seconds(30), startPeriod: Duration.seconds(60) },
      // Longer than worker.grace_seconds (85), and as long as Fargate allows:
      // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
      stopTimeout: Duration.seconds(120),
      // A log that is slow must not hold up a worker.
      logging: LogDriver.awsLogs({ logGroup: log, streamPrefix: name, mode: AwsLogDriverMode.NON_BLOCKING }),
    });
    container.linuxParameters?.dropCapabilities(Capability.ALL);
    return container;
  }
}

/** The name of the role of a service's tasks. */
export function roleName(service: string): string {
  return `falconer-${service}`;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
function tasksOf(scope: Construct): ServicePrincipal {
  const { account } = Stack.of(scope);
  const tasks = Stack.of(scope).formatArn({ service: "ecs", resource: "*" });
  return new ServicePrincipal("ecs-tasks.amazonaws.com", {
    conditions: { StringEquals: { "aws:SourceAccount": account }, ArnLike: { "aws:SourceArn": tasks } },
  });
}

function imageOf(scope: Construct, { image }: Configuration): ContainerImage {
  const [, account = "", region = "", name = "", digest = ""] = FORMS.image.pattern.exec(image.uri) ?? [];
  const repositoryArn = Stack.of(scope).formatArn({ service: "ecr", account, region, resource: "repository", resourceName: name });
  const repository = Repository.fromRepositoryAttributes(scope, "Repository", { repositoryArn, repositoryName: name });
  return ContainerImage.fromEcrRepository(repository, digest);
}

/** What the configuration adds; what the deployment itself knows better it may not change. */
function withOverrides(own: Readonly<Record<string, string>>, { environment }: Configuration): Record<string, string> {
  const taken = Object.keys(environment).filter((name) => name in own);
  if (taken.length > 0) {
    throw new Error(`environment: the deployment itself says ${taken.join(", ")}`);
  }
  return { ...environment, ...own };
}
