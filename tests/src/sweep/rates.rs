//! How often AWS lets an account call what a sweep calls, a second and at once.

use serde_json::{Value, json};

/// What an operation's rate is known from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// This page.
    Page(&'static str),
    /// No page names one: it is half of what Security Hub gives an operation without a rate of its own, and a third of its burst.
    Assumed,
}

const SECURITY_HUB: Source = Source::Page("https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html");
/// One bucket for all of STS; the page names no burst beyond the rate.
const STS: Source = Source::Page("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html");
/// The lower of the figures of the regions; the page says that they may rise.
const STEP_FUNCTIONS: Source = Source::Page("https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html");

/// Operation, calls a second, and calls at once.
pub const RATES: [(&str, u32, u32, Source); 13] = [
    ("securityhub.GetFindings", 3, 6, SECURITY_HUB),
    ("securityhub.BatchImportFindings", 10, 30, SECURITY_HUB),
    ("sts.*", 600, 600, STS),
    ("states.GetActivityTask", 300, 1_500, STEP_FUNCTIONS),
    ("states.SendTaskSuccess", 300, 1_500, STEP_FUNCTIONS),
    ("states.SendTaskFailure", 300, 1_500, STEP_FUNCTIONS),
    ("states.SendTaskHeartbeat", 300, 1_500, STEP_FUNCTIONS),
    ("states.StartExecution", 150, 800, STEP_FUNCTIONS),
    ("config.SelectResourceConfig", 5, 10, Source::Assumed),
    ("config.SelectAggregateResourceConfig", 5, 10, Source::Assumed),
    ("config.PutEvaluations", 5, 10, Source::Assumed),
    ("ssm.DescribeInstanceInformation", 5, 10, Source::Assumed),
    ("ssm.GetInventory", 5, 10, Source::Assumed),
];

/// The rates as faults of the sandbox, which lasts until the faults are cleared. Falcon's are always on there.
pub(super) fn faults() -> Value {
    let fault = |(operation, rate, burst, _): &(&str, u32, u32, Source)| json!({ "operation": operation, "fault": format!("rate:{rate}/{burst}") });
    RATES.iter().map(fault).collect()
}
