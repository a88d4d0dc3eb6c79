//! When an association runs: the schedules that State Manager takes, which are fewer than those of EventBridge.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html>: every half hour, 1, 2, 4,
//! 8 or 12 hours, or once on some days of every month; rates of 30 minutes or more and less than 31 days; `at(2020-07-07T15:55:00)`.

use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::schedule::{Cron, Schedule};
use crate::wire::ServiceError;

const SHORTEST_RATE: SignedDuration = SignedDuration::from_mins(30);
/// A rate is shorter than this.
const TOO_LONG: SignedDuration = SignedDuration::from_hours(31 * 24);
const DAY: i64 = 24 * 60;
/// Minutes between the times of a day, if there are several.
const APART: [i64; 6] = [30, 60, 2 * 60, 4 * 60, 8 * 60, 12 * 60];

/// What kind of expression it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Once,
    Rate,
    Cron,
}

/// Checks an expression, if there is one. `only_at_interval` is `ApplyOnlyAtCronInterval`, `offset` whether there is a `ScheduleOffset`.
///
/// # Errors
/// `InvalidSchedule`; AWS documents what does not go together, and no error of its own for it.
pub(super) fn check(text: Option<&str>, only_at_interval: bool, offset: bool) -> Result<(), ServiceError> {
    let when = text.map(read).transpose()?;
    if only_at_interval && when == Some(When::Rate) {
        return Err(refused("ApplyOnlyAtCronInterval isn't supported for rate expressions"));
    }
    if offset && !(only_at_interval && when == Some(When::Cron)) {
        return Err(refused("ScheduleOffset needs a cron expression and ApplyOnlyAtCronInterval"));
    }
    Ok(())
}

fn read(text: &str) -> Result<When, ServiceError> {
    if let Some(time) = inside(text, "at") {
        let time = DateTime::strptime("%Y-%m-%dT%H:%M:%S", time);
        return time
            .map(|_| When::Once)
            .map_err(|_| refused(format!("{text} is no time like at(2020-07-07T15:55:00)")));
    }
    match Schedule::parse(&without_seconds(text)).map_err(refused)? {
        Schedule::Rate(period) if period < SHORTEST_RATE || period >= TOO_LONG => {
            Err(refused("a rate is 30 minutes or more, and less than 31 days"))
        }
        Schedule::Rate(_) => Ok(When::Rate),
        Schedule::Cron(cron) => check_cron(&cron).map(|()| When::Cron),
    }
}

fn check_cron(cron: &Cron) -> Result<(), ServiceError> {
    if !cron.is_of_every_month() {
        return Err(refused("State Manager doesn't support months in cron expressions"));
    }
    let times: Vec<i64> = cron.times_of_day().map(|time| time.as_mins()).collect();
    let evenly = |minutes: &i64| {
        let count = i64::try_from(times.len()).unwrap_or(i64::MAX);
        count.checked_mul(*minutes) == Some(DAY) && times.windows(2).all(|pair| pair[1] - pair[0] == *minutes)
    };
    if times.len() > 1 && !(cron.is_of_every_day() && APART.iter().any(evenly)) {
        return Err(refused("several times a day are every half hour, 1, 2, 4, 8 or 12 hours of every day"));
    }
    Ok(())
}

/// Of a cron expression with the optional seconds, which can be 0 only, the rest.
fn without_seconds(text: &str) -> String {
    let fields = inside(text, "cron").filter(|fields| fields.split_whitespace().count() == 7);
    let rest = fields.and_then(|fields| fields.strip_prefix("0 "));
    rest.map_or_else(|| text.to_owned(), |rest| format!("cron({rest})"))
}

fn inside<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')
}

fn refused(reason: impl std::fmt::Display) -> ServiceError {
    ServiceError::new("InvalidSchedule", format!("Schedule expression is not valid: {reason}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(text: &str) -> bool {
        check(Some(text), false, false).is_ok()
    }

    #[test]
    fn state_manager_takes_what_its_page_shows() {
        for text in [
            "cron(0/30 * * * ? *)",
            "cron(0 */30 * * * ? *)",
            "cron(0 0/1 * * ? *)",
            "cron(0 0/2 * * ? *)",
            "cron(0 0/4 * * ? *)",
            "cron(0 0/8 * * ? *)",
            "cron(0 0/12 * * ? *)",
            "cron(0 0 0/4 1/1 * ? *)",
            "cron(15 13 ? * * *)",
            "cron(15 13 ? * MON *)",
            "cron(30 23 ? * TUE#3 *)",
            "cron(0 0 ? * 3L *)",
            "cron(0 2 L * ? *)",
            "rate(30 minutes)",
            "rate(1 hour)",
            "rate(5 hours)",
            "rate(15 days)",
            "rate(30 days)",
            "at(2020-07-07T15:55:00)",
        ] {
            assert!(fits(text), "{text}");
        }
    }

    #[test]
    fn what_is_too_often_too_seldom_or_uneven_is_refused() {
        for text in [
            "rate(29 minutes)",
            "rate(31 days)",
            "rate(744 hours)",
            "rate(1 hours)",
            "cron(0/15 * * * ? *)",
            "cron(0 0/3 * * ? *)",
            "cron(0 2,8 * * ? *)",
            "cron(0 0-22 * * ? *)",
            "cron(0 0/2 ? * MON *)",
            "cron(0 2 1 JAN ? *)",
            "cron(30 0 2 * * ? *)",
            "at(2020-07-07)",
            "at(2020-13-07T15:55:00)",
            "daily",
        ] {
            assert!(!fits(text), "{text}");
        }
    }

    #[test]
    fn only_at_the_interval_and_offsets_go_with_cron_alone() {
        let (rate, cron) = (Some("rate(1 day)"), Some("cron(0 0 ? * THU#2 *)"));
        assert!(check(None, true, false).is_ok());
        assert!(check(rate, true, false).is_err());
        assert!(check(cron, true, false).is_ok());
        assert!(check(cron, true, true).is_ok());
        assert!(check(cron, false, true).is_err());
        assert!(check(Some("at(2020-07-07T15:55:00)"), true, true).is_err());
        assert!(check(None, true, true).is_err());
    }
}
