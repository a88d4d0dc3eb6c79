//! Which services there are, and how each of them is spoken to.

use crate::wire::ServiceError;

/// One of the services on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    StepFunctions,
    NetworkFirewall,
    SecurityHub,
    EventBridge,
    SystemsManager,
    SecretsManager,
    Config,
    Sns,
    Sts,
    Falcon,
}

/// How a service's operations look in HTTP, <https://smithy.io/2.0/aws/protocols/index.html>. Where a model lists
/// several (Network Firewall also offers CBOR), this is the one that both botocore and the Rust SDK choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// `awsJson1_0` or `awsJson1_1`: the operation is named in `X-Amz-Target`, after `target` and a dot.
    Json { content_type: &'static str, target: &'static str },
    /// `restJson1`: the operation is a method and a path.
    Rest,
    /// `awsQuery`: a form in, XML of this namespace out.
    Query { namespace: &'static str },
    /// Falcon's own: a method and a path, a form or JSON in, an envelope out.
    Falcon,
}

/// The errors of Systems Manager whose model writes `Message`; those of Parameter Store, and some others, have `message`.
const UPPER_CASE_IN_SYSTEMS_MANAGER: [&str; 25] = [
    "AssociationDoesNotExist",
    "AssociationVersionLimitExceeded",
    "AutomationDefinitionNotFoundException",
    "AutomationDefinitionVersionNotFoundException",
    "AutomationExecutionNotFoundException",
    "IdempotentParameterMismatch",
    "InternalServerError",
    "InvalidAssociationVersion",
    "InvalidAutomationExecutionParametersException",
    "InvalidAutomationStatusUpdateException",
    "InvalidDocument",
    "InvalidDocumentVersion",
    "InvalidFilter",
    "InvalidInstanceId",
    "InvalidNextToken",
    "InvalidParameters",
    "InvalidResultAttributeException",
    "InvalidSchedule",
    "InvalidTag",
    "InvalidTarget",
    "InvalidTargetMaps",
    "InvalidTypeNameException",
    "InvalidUpdate",
    "TooManyUpdates",
    "UnsupportedPlatformType",
];

impl Service {
    /// Those of AWS, which requests are signed for.
    const SIGNED: [Self; 9] = [
        Self::StepFunctions,
        Self::NetworkFirewall,
        Self::SecurityHub,
        Self::EventBridge,
        Self::SystemsManager,
        Self::SecretsManager,
        Self::Config,
        Self::Sns,
        Self::Sts,
    ];

    /// The service that a credential scope names.
    pub(crate) fn of_signing_name(name: &str) -> Option<Self> {
        Self::SIGNED.into_iter().find(|service| service.signing_name() == name)
    }

    /// As in a credential scope, in ARNs, and in the sandbox's own `service.Operation` names.
    pub(crate) fn signing_name(self) -> &'static str {
        match self {
            Self::StepFunctions => "states",
            Self::NetworkFirewall => "network-firewall",
            Self::SecurityHub => "securityhub",
            Self::EventBridge => "events",
            Self::SystemsManager => "ssm",
            Self::SecretsManager => "secretsmanager",
            Self::Config => "config",
            Self::Sns => "sns",
            Self::Sts => "sts",
            Self::Falcon => "falcon",
        }
    }

    pub(crate) fn protocol(self) -> Protocol {
        const JSON_1_0: &str = "application/x-amz-json-1.0";
        const JSON_1_1: &str = "application/x-amz-json-1.1";
        match self {
            Self::StepFunctions => Protocol::Json { content_type: JSON_1_0, target: "AWSStepFunctions" },
            Self::NetworkFirewall => Protocol::Json { content_type: JSON_1_0, target: "NetworkFirewall_20201112" },
            Self::EventBridge => Protocol::Json { content_type: JSON_1_1, target: "AWSEvents" },
            Self::SystemsManager => Protocol::Json { content_type: JSON_1_1, target: "AmazonSSM" },
            Self::SecretsManager => Protocol::Json { content_type: JSON_1_1, target: "secretsmanager" },
            Self::Config => Protocol::Json { content_type: JSON_1_1, target: "StarlingDoveService" },
            Self::SecurityHub => Protocol::Rest,
            Self::Sns => Protocol::Query { namespace: "http://sns.amazonaws.com/doc/2010-03-31/" },
            Self::Sts => Protocol::Query { namespace: "https://sts.amazonaws.com/doc/2011-06-15/" },
            Self::Falcon => Protocol::Falcon,
        }
    }

    /// What the service answers to more requests than it allows.
    pub(crate) fn throttled(self) -> ServiceError {
        match self {
            Self::StepFunctions
            | Self::NetworkFirewall
            | Self::EventBridge
            | Self::SystemsManager
            | Self::SecretsManager
            | Self::Config => ServiceError::new("ThrottlingException", "Rate exceeded"),
            Self::SecurityHub => ServiceError::new("TooManyRequestsException", "Too Many Requests"),
            Self::Sns | Self::Sts => ServiceError::new("Throttling", "Rate exceeded"),
            Self::Falcon => ServiceError::new("429", "API rate limit exceeded."),
        }
    }

    /// The action in IAM that allows an operation; `None` of one that everybody may call
    /// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>). The new Security Hub's operations on findings
    /// share theirs with the old ones (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindingsV2.html>,
    /// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindingsV2.html>).
    pub(crate) fn action(self, operation: &str) -> Option<String> {
        let name = match (self, operation) {
            (Self::Sts, "GetCallerIdentity") => return None,
            (Self::SecurityHub, "GetFindingsV2") => "GetFindings",
            (Self::SecurityHub, "BatchUpdateFindingsV2") => "BatchUpdateFindings",
            (_, name) => name,
        };
        Some(format!("{}:{name}", self.signing_name()))
    }

    /// What the service answers to somebody who may not do this.
    pub(crate) fn denied(self, message: String) -> ServiceError {
        let code = match self {
            Self::Sns => "AuthorizationError",
            Self::Sts => "AccessDenied",
            _ => "AccessDeniedException",
        };
        ServiceError::new(code, message)
    }

    /// What the service answers to an operation that it does not have.
    pub(crate) fn unknown_operation(self, name: &str) -> ServiceError {
        let message = format!("The sandbox has no operation {name} of {}", self.signing_name());
        match self.protocol() {
            Protocol::Json { .. } | Protocol::Rest => ServiceError::new("UnknownOperationException", message),
            Protocol::Query { .. } => ServiceError::new("InvalidAction", message),
            Protocol::Falcon => ServiceError::new("404", message),
        }
    }

    /// The HTTP status of an error with this name. The models of Security Hub and SNS have one for each; an error that all services
    /// have in common has that of <https://docs.aws.amazon.com/awsconsolehelpdocs/latest/gsg/common-errors.html>; any
    /// other is a 400. Falcon's errors have their status for a name.
    pub(crate) fn status_of(self, code: &str) -> u16 {
        match (self, code) {
            (Self::Falcon, code) => code.parse().unwrap_or(500),
            (Self::SecurityHub, "InvalidAccessException") => 401,
            (Self::SecurityHub, "AccessDeniedException") => 403,
            (Self::SecurityHub, "ResourceNotFoundException" | "UnknownOperationException") => 404,
            (Self::SecurityHub, "ConflictException" | "ResourceConflictException") => 409,
            (Self::SecurityHub, "LimitExceededException" | "ThrottlingException" | "TooManyRequestsException") => 429,
            (Self::Sns, "AuthorizationError" | "InvalidSecurity" | "KMSOptInRequired" | "TopicLimitExceeded") => 403,
            (Self::Sns, "NotFound") => 404,
            (Self::Sns, "Throttled") => 429,
            (
                _,
                "AccessDenied"
                | "ExpiredTokenException"
                | "IncompleteSignatureException"
                | "InvalidSignatureException"
                | "MissingAuthenticationTokenException"
                | "UnrecognizedClientException",
            ) => 403,
            (_, "ServiceUnavailable" | "ServiceUnavailableException") => 503,
            _ if code.starts_with("Internal") => 500,
            _ => 400,
        }
    }

    /// How the service's model writes the message member of this error.
    pub(crate) fn message_member(self, code: &str) -> &'static str {
        match self {
            Self::NetworkFirewall | Self::SecurityHub | Self::SecretsManager | Self::Sns | Self::Sts => "Message",
            Self::SystemsManager if UPPER_CASE_IN_SYSTEMS_MANAGER.contains(&code) => "Message",
            Self::StepFunctions | Self::EventBridge | Self::SystemsManager | Self::Config | Self::Falcon => "message",
        }
    }
}
