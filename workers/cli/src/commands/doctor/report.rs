//! What was found, for a person and for a program.

use std::collections::BTreeMap;

use anstyle::Style;
use falconer_domain::doctor::{Check, Health};
use falconer_domain::place::AccountId;

use crate::paint::{self, BAD, DIM, GOOD, STRONG, WARN, count, paint};

const HEADER: [&str; 6] = ["ACCOUNT", "HEALTH", "OK", "NOTES", "UNKNOWN", "BROKEN"];

/// What is said of a check stands below it.
const INDENT: &str = "         ";

/// How often there is each health, in the order of [`Health::ALL`].
type Tally = [usize; Health::ALL.len()];

/// Prints each check for a program, one a line.
pub(super) fn print_json(checks: &[Check]) {
    checks.iter().for_each(|check| anstream::println!("{}", paint::json(check)));
}

/// Prints it for a person: every account, and then what is to be said of it; what works only if `all` is wanted.
pub(super) fn tell(asked_as: &str, checks: &[Check], all: bool) {
    anstream::println!("{}\n", paint(DIM, format!("asked as {asked_as}")));
    anstream::println!("{}\n", accounts(checks));
    let shown: Vec<&Check> = checks.iter().filter(|check| all || !check.diagnosis.is_ok()).collect();
    for check in &shown {
        tell_one(check);
    }
    let total = tally(checks);
    let sentence = format!("{}: {}", count(checks.len(), "check"), sentence(&total));
    anstream::println!("{}{}", if shown.is_empty() { "" } else { "\n" }, paint(STRONG, sentence));
}

/// Every account, a line each, the worst of it named.
fn accounts(checks: &[Check]) -> String {
    let mut order: Vec<AccountId> = checks.iter().map(|check| check.account).collect();
    order.dedup();
    let mut of_account: BTreeMap<AccountId, Vec<&Check>> = BTreeMap::new();
    for check in checks {
        of_account.entry(check.account).or_default().push(check);
    }
    let rows: Vec<(Health, Vec<String>)> = order
        .into_iter()
        .filter_map(|account| {
            let checks = of_account.get(&account)?;
            let worst = checks.iter().map(|check| check.diagnosis.health).max()?;
            let numbers = tally(checks.iter().copied()).map(|number| number.to_string());
            let row = [account.to_string(), worst.word().to_owned()].into_iter().chain(numbers).collect();
            Some((worst, row))
        })
        .collect();
    let table = paint::table(&HEADER, rows.iter().map(|(_, row)| row.clone()));
    // A cell breaks no line, so that there is one for each row.
    let mut lines = table.lines();
    let header = lines.next().unwrap_or_default().to_owned();
    let rows = lines.zip(&rows).map(|(line, (worst, _))| paint(style(*worst), line));
    [header].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

fn tell_one(check: &Check) {
    let health = check.diagnosis.health;
    let region = check.region.as_ref().map(|region| format!("/{region}")).unwrap_or_default();
    let mark = paint(style(health), format!("{:7}", health.word()));
    anstream::println!("{mark}  {}{region}  {}", check.account, paint(STRONG, check.title()));
    anstream::println!("{INDENT}{}", check.diagnosis.sentence);
    if let Some(remedy) = &check.diagnosis.remedy {
        anstream::println!("{INDENT}To mend: {remedy}");
    }
}

fn tally<'a>(checks: impl IntoIterator<Item = &'a Check>) -> Tally {
    let mut tally = Tally::default();
    for check in checks {
        for (number, health) in tally.iter_mut().zip(Health::ALL) {
            *number += usize::from(check.diagnosis.health == health);
        }
    }
    tally
}

/// `28 ok, 2 notes, 1 broken`.
fn sentence(tally: &Tally) -> String {
    let told = tally.iter().zip(Health::ALL).filter(|(number, health)| **number > 0 || *health == Health::Ok);
    let told = told.map(|(number, health)| match health {
        Health::Note => count(*number, health.word()),
        _ => format!("{number} {}", health.word()),
    });
    told.collect::<Vec<_>>().join(", ")
}

fn style(health: Health) -> Style {
    match health {
        Health::Ok => GOOD,
        Health::Note | Health::Unknown => WARN,
        Health::Broken => BAD,
    }
}
