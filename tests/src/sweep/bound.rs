//! The fewest calls that a sweep can do with, when every list is read to its end in pages of the largest size.

use super::Calls;
use super::organization::{Matter, Organization};

/// Before the name of Step Functions' operations: the worker polls and beats by the minute, not by the instance.
const BY_THE_MINUTE: &str = "states.";

/// How often everything must be called at least. So many findings, of all that must stand, are still to be written.
#[must_use]
pub fn fewest(organization: Organization, due: u64) -> Calls {
    let in_account = organization.hundreds * 100;
    let (due, standing) = (due / organization.accounts, (organization.findings() - due) / organization.accounts);
    let without = |matters: &[Matter]| in_account - organization.in_account(matters);
    let managed = without(&[Matter::NoAgent, Matter::Stopped]);
    let with_sensor = without(&[Matter::Missing, Matter::NoAgent, Matter::Excluded]);
    let running = without(&[Matter::Stopped]);
    let of_each_account = [
        ("sts.AssumeRole", 1),
        ("config.SelectResourceConfig", pages(in_account, 100)),
        ("ssm.DescribeInstanceInformation", pages(managed, 50)),
        ("ssm.GetInventory", pages(with_sensor, 50)),
        ("falcon.Hosts", pages(running, 100)),
        ("securityhub.GetFindings", pages(standing, 100)),
        ("securityhub.BatchImportFindings", due.div_ceil(100)),
    ];
    let of_all = [("config.SelectAggregateResourceConfig", pages(organization.accounts, 500))];
    let of_accounts = of_each_account.map(|(operation, calls)| (operation, calls * organization.accounts));
    of_accounts.into_iter().chain(of_all).map(|(operation, calls)| (operation.to_owned(), calls)).collect()
}

/// All calls of the fleet's services.
#[must_use]
pub fn total(calls: &Calls) -> u64 {
    of_the_fleet(calls).map(|(_, calls)| calls).sum()
}

/// The calls without those of Step Functions.
pub fn of_the_fleet(calls: &Calls) -> impl Iterator<Item = (&String, &u64)> {
    calls.iter().filter(|(operation, _)| !operation.starts_with(BY_THE_MINUTE))
}

/// A list without entries is a page too.
fn pages(entries: u64, size: u64) -> u64 {
    entries.div_ceil(size).max(1)
}
