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
/// guessed passwords, unwanted mail), and those in which it is harmless (sinkholes), or somebody's ordinary service
/// (resolvers, hosts that are abused now and then).
pub(super) const REFUSED_TYPES: &[&str] = &[
    "*DenialOfService*",
    "*Denial of Service*",
    "*PortSweep*",
    "*Portscan*",
    "*BruteForce*",
    "*Spambot*",
    "*BlackholeTraffic*",
    "*UnusualDNSResolver*",
    "*UnusualDoHActivity*",
    "*UnusualDoTActivity*",
    "*TrafficVolumeUnusual*",
    "*NetworkPortUnusual*",
    "*AbusedDomainRequest*",
];
