//! What AWS asks in us-east-1, in dollars, without the free tiers and without taxes, as its pages said in 2026.

/// One state transition of a standard workflow (<https://aws.amazon.com/step-functions/pricing/>).
pub(crate) const TRANSITION: f64 = 0.025 / 1_000.0;
/// One finding that is imported or updated (<https://aws.amazon.com/security-hub/pricing/>); 10,000 a month and account are free.
pub(crate) const FINDING: f64 = 0.000_03;
/// A gigabyte that CloudWatch Logs takes in (<https://aws.amazon.com/cloudwatch/pricing/>).
pub(crate) const LOGGED_GIGABYTE: f64 = 0.50;
/// An advanced parameter for a month (<https://aws.amazon.com/systems-manager/pricing/>); one that is deleted earlier costs its hours.
pub(crate) const ADVANCED_PARAMETER: f64 = 0.05;

/// An hour of a processor and of a gigabyte of Fargate (<https://aws.amazon.com/fargate/pricing/>), on arm64 and on x86-64.
pub(crate) const ARM: (f64, f64) = (0.032_38, 0.003_56);
pub(crate) const X86: (f64, f64) = (0.040_48, 0.004_445);
/// An hour of a shard of Kinesis (<https://aws.amazon.com/kinesis/data-streams/pricing/>).
pub(crate) const SHARD_HOUR: f64 = 0.015;
/// A month of an alarm, of a dashboard and of a metric (<https://aws.amazon.com/cloudwatch/pricing/>).
pub(crate) const ALARM: f64 = 0.10;
pub(crate) const DASHBOARD: f64 = 3.0;
/// A month of a secret (<https://aws.amazon.com/secrets-manager/pricing/>) and of a key (<https://aws.amazon.com/kms/pricing/>).
pub(crate) const SECRET: f64 = 0.40;
pub(crate) const KEY: f64 = 1.0;

/// Hours of a month, as AWS's calculator has them.
pub(crate) const HOURS: f64 = 730.0;

/// What the table says, and what it does not.
pub(crate) const SAYS: &str = "\
Calls of Step Functions (polls and heartbeats too), Systems Manager, AWS Config, Network Firewall, Security Hub's reads and STS cost \
nothing; rule groups cost nothing either: Network Firewall charges its endpoints and traffic, which are there without Falconer. Logs are \
taken at 600 bytes for each event of a history, which is what a state machine's log holds without data. Not in it: the Config rule in the members (an evaluation of AWS Config is $0.001), custom metrics of the workers, data transfer, VPC endpoints or a NAT gateway, configuration items that Config records for others as well, and Falcon.\n\n\
Automated Security Response on AWS (ASR) says of itself $26.83 for 3,000 remediations a month \
(https://docs.aws.amazon.com/solutions/latest/automated-security-response-on-aws/cost.html), which is what the last column multiplies; \
it neither blocks in a firewall nor installs sensors. It runs on Lambda, and costs almost nothing while nothing happens.";

/// `$1.25`; a tenth of a cent counts where there is no more.
pub(crate) fn dollars(amount: f64) -> String {
    if amount < 0.1 { format!("${amount:.4}") } else { format!("${amount:.2}") }
}
