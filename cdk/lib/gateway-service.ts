import { Aws, RemovalPolicy } from "aws-cdk-lib";
import { Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { AccessPoint, FileSystem, LifecyclePolicy } from "aws-cdk-lib/aws-efs";
import type { Construct } from "constructs";

import type { Configuration } from "./configuration";
import { FalconerService, type Ground, USER } from "./fargate";
import { type Grant, grant, grantKey } from "./grants";
import type { Keeping } from "./keeping";
import { GATEWAY } from "./names";
import { namespaceOf } from "./operations/metrics";
import { grantsOf, type Where } from "./permissions";
import { commonEnvironment } from "./worker-service";

/** Where the gateway keeps its offsets. */
const OFFSETS = "/falconer/gateway/offsets";

/** Where its dead letters are. */
const VOLUME = "/var/lib/falconer";

/** What it calls with its own role, beside importing. */
const CALLS = ["kms:Decrypt", "secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:PutParameter", "sts:AssumeRole"];

/** What the gateway does in a member account: CrowdStrike's product, which another account owns, takes its findings. */
export const GATEWAY_IMPORTS: Grant = {
  actions: ["securityhub:BatchImportFindings"],
  on: [`arn:${Aws.PARTITION}:securityhub:*:*:product/crowdstrike/crowdstrike-falcon`],
  why: "the product of an account of CrowdStrike's, which differs between partitions, in whichever region an instance is",
};

/** `falconer gateway`: one task, since an appId has one reader, which is stopped before the next one starts. */
export class GatewayService extends FalconerService {
  constructor(scope: Construct, configuration: Configuration, ground: Ground, keeping: Keeping) {
    const { accounts, falcon } = commonEnvironment(configuration);
    super(scope, {
      name: GATEWAY,
      configuration,
      keeping,
      ground,
      size: configuration.services.gateway,
      command: [GATEWAY],
      environment: {
        ...accounts,
        ...falcon,
        FALCONER_WORKER_METRICS_NAMESPACE: namespaceOf(GATEWAY),
        FALCONER_GATEWAY_OFFSETS: `parameter:${OFFSETS}`,
        FALCONER_GATEWAY_DEAD_LETTERS: `${VOLUME}/dead-letters.ndjson`,
      },
      desired: 1,
      running: [0, 100],
    });
    this.allow(configuration, keeping);
    this.keepDeadLetters(ground, keeping);
  }

  /** It has no contract: what it calls stands in workers/gateway, and on its page under runbooks/. */
  private allow(configuration: Configuration, { key }: Keeping): void {
    const where: Where = { configuration, region: Aws.REGION, readable: [configuration.falcon.credentials, OFFSETS], writable: [OFFSETS] };
    grant(this.role, ...grantsOf(CALLS, where), GATEWAY_IMPORTS);
    grantKey(this.role, key);
  }

  /** Retained, and outlives every task: nothing else holds what Security Hub would not take. */
  private keepDeadLetters(ground: Ground, { key }: Keeping): void {
    const securityGroup = new SecurityGroup(this, "FilesSecurityGroup", {
      vpc: ground.vpc,
      description: "Falconer dead letters: NFS from the gateway alone",
      allowAllOutbound: false,
    });
    securityGroup.connections.allowFrom(this.securityGroup, Port.NFS, "the gateway");
    const files = new FileSystem(this, "Files", {
      vpc: ground.vpc,
      vpcSubnets: { subnets: ground.vpc.privateSubnets },
      securityGroup,
      encrypted: true,
      enableAutomaticBackups: true,
      lifecyclePolicy: LifecyclePolicy.AFTER_30_DAYS,
      removalPolicy: RemovalPolicy.RETAIN,
      kmsKey: key,
    });
    const user = String(USER);
    const accessPoint = new AccessPoint(this, "AccessPoint", {
      fileSystem: files,
      path: "/gateway",
      posixUser: { uid: user, gid: user },
      createAcl: { ownerUid: user, ownerGid: user, permissions: "700" },
    });
    this.task.addVolume({
      name: "dead-letters",
      efsVolumeConfiguration: {
        fileSystemId: files.fileSystemId,
        transitEncryption: "ENABLED",
        authorizationConfig: { accessPointId: accessPoint.accessPointId, iam: "ENABLED" },
      },
    });
    this.container.addMountPoints({ sourceVolume: "dead-letters", containerPath: VOLUME, readOnly: false });
    grant(this.role, {
      actions: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
      on: [files.fileSystemArn],
      when: { StringEquals: { "elasticfilesystem:AccessPointArn": accessPoint.accessPointArn } },
    });
    this.service.node.addDependency(files.mountTargetsAvailable);
  }
}
