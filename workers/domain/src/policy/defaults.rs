//! What the policy trusts unless an organization says otherwise.

/// CrowdStrike Falcon in the commercial partition and in GovCloud, by the accounts of CrowdStrike
/// (<https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-partner-providers.html>), and GuardDuty in
/// every partition, in both of Security Hub's formats.
pub(super) const PRODUCTS: &[&str] = &[
    "arn:aws:securityhub:*:517716713836:product/crowdstrike/crowdstrike-falcon",
    "arn:aws-us-gov:securityhub:*:358431324613:product/crowdstrike/crowdstrike-falcon",
    "arn:*:securityhub:*::product/aws/guardduty",
    "arn:*:securityhub:*::productv2/aws/guardduty",
];

/// Types in which the workload may be the one that attacks, so that the remote side is a victim (denial of service, scans,
/// guessed passwords, unwanted mail), and those in which it is harmless (sinkholes), somebody's ordinary service (resolvers,
/// hosts that are abused now and then), or not known to be bad (young names, unusual traffic).
///
/// Of GuardDuty's types (<https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-active.html>) as Security
/// Hub writes them, which is not always as GuardDuty does: `DefenseEvasion:EC2/UnusualDNSResolver` is
/// `TTPs/DefenseEvasion/EC2:Unusual-DNS-Resolver`
/// (<https://docs.aws.amazon.com/guardduty/latest/ug/securityhub-integration.html>). The patterns match both. "Denial of
/// Service" is a category of ASFF
/// (<https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-type-taxonomy.html>).
pub(super) const REFUSED_TYPES: &[&str] = &[
    "*DenialOfService*",
    "*Denial of Service*",
    "*PortSweep*",
    "*Portscan*",
    "*BruteForce*",
    "*Spambot*",
    "*BlackholeTraffic*",
    "*Unusual*DNS*Resolver*",
    "*Unusual*DoH*Activity*",
    "*Unusual*DoT*Activity*",
    "*TrafficVolumeUnusual*",
    "*NetworkPortUnusual*",
    "*AbusedDomainRequest*",
    "*SuspiciousDomainRequest*",
];
