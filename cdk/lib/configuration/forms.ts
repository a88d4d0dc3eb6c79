import type { Form } from "./reader";

/** What the texts of a configuration look like, as AWS's pages have it. */
export const FORMS = {
  account: { pattern: /^\d{12}$/, words: "an account's twelve digits" },
  architecture: { pattern: /^(arm64|x86_64)$/, words: "arm64 or x86_64" },
  availabilityZone: { pattern: /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, words: "an availability zone such as eu-central-1a" },
  cidr: { pattern: /^[0-9a-fA-F.:]+\/\d{1,3}$/, words: "a network such as 10.0.0.0/8" },
  email: { pattern: /^[^@\s]+@[^@\s]+$/, words: "an address such as soc@example.com" },
  externalId: { pattern: /^[\w+=,.@:/-]{2,1224}$/, words: "2 to 1,224 letters, digits and +=,.@:/-" },
  // A digest says what runs; a tag says what somebody called so last.
  image: {
    pattern: /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([a-z0-9][\w./-]*)@(sha256:[0-9a-f]{64})$/,
    words: "an image of ECR with its digest: 111122223333.dkr.ecr.eu-central-1.amazonaws.com/falconer@sha256:…",
  },
  logGroup: { pattern: /^[\w./#-]{1,512}$/, words: "the name of a log group" },
  // https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
  organization: { pattern: /^o-[a-z0-9]{10,32}$/, words: "an organization such as o-exampleorgid" },
  // https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
  unit: { pattern: /^(r-[a-z0-9]{4,32}|ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})$/, words: "a root or a unit such as r-exam or ou-exam-12345678" },
  parameter: { pattern: /^\/[\w./-]{1,1010}$/, words: "a parameter such as /falconer/credentials, or /aws/reference/secretsmanager/<secret>" },
  region: { pattern: /^[a-z]{2}(-[a-z]+)+-\d$/, words: "a region such as eu-central-1" },
  role: { pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/, words: "the ARN of a role" },
  roleName: { pattern: /^[\w+=,.@-]{1,64}$/, words: "the name of a role" },
  // https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_CreateRuleGroup.html
  ruleGroup: { pattern: /^[a-zA-Z0-9-]{1,128}$/, words: "1 to 128 letters, digits and hyphens" },
  subnet: { pattern: /^subnet-[0-9a-f]{8,17}$/, words: "a subnet such as subnet-0f1a2b3c4d5e6f701" },
  cloud: { pattern: /^(|us-1|us-2|eu-1|us-gov-1|us-gov-2|https:\/\/\S+)$/, words: "us-1, us-2, eu-1, us-gov-1, us-gov-2, or empty" },
  variable: { pattern: /^FALCONER_[A-Z0-9_]+$/, words: "a variable of Falconer's, such as FALCONER_GUARD_OWN" },
  vpc: { pattern: /^vpc-[0-9a-f]{8,17}$/, words: "a VPC such as vpc-0f1a2b3c4d5e6f701" },
} as const satisfies Record<string, Form>;
