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

/// Types in which the remote side is the attacker's. Falcon writes tactics, as the gateway puts them into `Types`;
/// GuardDuty's are at <https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-active.html>, and ASFF
/// writes `-` for their `/`.
pub(super) const TYPES: &[&str] = &[
    "Category: Falcon Intel",
    "Category: Custom Intelligence",
    "Category: Command and Control",
    "*Backdoor:*C&CActivity*",
    "*CryptoCurrency:*",
    "*Trojan:*",
    "*Impact:*MaliciousDomainRequest*",
    "*Impact:*SuspiciousDomainRequest*",
    "*Impact:*BitcoinDomainRequest*",
    "*UnauthorizedAccess:*MaliciousIPCaller.Custom*",
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
