//! Schedule expressions: `rate(5 minutes)` and `cron(0 10 * * ? *)`, in UTC, read strictly when a rule or an association is made.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html>. Whatever is not on that
//! page is refused, so that an expression that AWS would not take does not pass here either. State Manager takes less.

mod cron;
mod field;

use jiff::{SignedDuration, Timestamp};

pub(crate) use cron::Cron;

/// Why something is no schedule, in the sandbox's own words.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct InvalidSchedule(String);

/// When something happens by itself.
#[derive(Clone, Debug)]
pub(crate) enum Schedule {
    /// Again and again after this time, beginning when it is put.
    Rate(SignedDuration),
    /// At minutes of the calendar.
    Cron(Cron),
}

impl Schedule {
    /// Reads a schedule expression.
    ///
    /// # Errors
    /// [`InvalidSchedule`].
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidSchedule> {
        let inside = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        let (rate, cron) = (inside("rate"), inside("cron"));
        let fields = rate.or(cron).ok_or_else(|| invalid("it is neither rate(…) nor cron(…)"))?;
        if fields.trim() != fields {
            return Err(invalid("there is white space beside the parentheses"));
        }
        if rate.is_some() { period(fields).map(Self::Rate) } else { Cron::parse(fields).map(Self::Cron) }
    }

    /// When it fires next after `last`: the time at which it fired, or at which it was put. Nothing if never.
    pub(crate) fn next(&self, last: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Rate(period) => last.checked_add(*period).ok(),
            Self::Cron(cron) => cron.next(last),
        }
    }
}

/// `1 minute`, `2 minutes`: one of something is written in the singular, and more in the plural.
fn period(fields: &str) -> Result<SignedDuration, InvalidSchedule> {
    let (number, unit) = fields.split_once(' ').ok_or_else(|| invalid("a rate is a number and a unit"))?;
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = number.parse().ok().filter(|_| digits).ok_or_else(|| invalid("a rate begins with a number"))?;
    let seconds = match (number, unit) {
        (1, "minute") | (2.., "minutes") => 60,
        (1, "hour") | (2.., "hours") => 60 * 60,
        (1, "day") | (2.., "days") => 24 * 60 * 60,
        _ => {
            return Err(invalid(format!(
                "'{fields}' is neither one minute, hour or day nor several minutes, hours or days"
            )));
        }
    };
    let seconds = number.checked_mul(seconds).ok_or_else(|| invalid(format!("{number} is too large")))?;
    Ok(SignedDuration::from_secs(seconds))
}

fn invalid(problem: impl Into<String>) -> InvalidSchedule {
    InvalidSchedule(problem.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first times after noon of a Wednesday, the first of May 2024.
    fn times(expression: &str, count: usize) -> Vec<String> {
        let schedule = Schedule::parse(expression).unwrap();
        let mut last: Timestamp = "2024-05-01T12:00:00Z".parse().unwrap();
        let mut times = Vec::new();
        while let Some(next) = schedule.next(last).filter(|_| times.len() < count) {
            times.push(format!("{next:.0}").trim_end_matches(":00Z").to_owned());
            last = next;
        }
        times
    }

    #[test]
    fn a_rate_counts_from_when_the_rule_was_put() {
        assert_eq!(times("rate(5 minutes)", 2), ["2024-05-01T12:05", "2024-05-01T12:10"]);
        assert_eq!(times("rate(1 hour)", 2), ["2024-05-01T13:00", "2024-05-01T14:00"]);
        assert_eq!(times("rate(2 days)", 1), ["2024-05-03T12:00"]);
    }

    #[test]
    fn a_cron_expression_fires_on_the_calendar() {
        for (expression, expected) in [
            ("cron(0 10 * * ? *)", ["2024-05-02T10:00", "2024-05-03T10:00"]),
            ("cron(15 12 * * ? *)", ["2024-05-01T12:15", "2024-05-02T12:15"]),
            ("cron(0 12 * * ? *)", ["2024-05-02T12:00", "2024-05-03T12:00"]),
            ("cron(0/30 * ? * * *)", ["2024-05-01T12:30", "2024-05-01T13:00"]),
            ("cron(50-59/5 12 1,3 MAY ? *)", ["2024-05-01T12:50", "2024-05-01T12:55"]),
            ("cron(0 18 ? * MON-FRI *)", ["2024-05-01T18:00", "2024-05-02T18:00"]),
            ("cron(0 8 1 * ? *)", ["2024-06-01T08:00", "2024-07-01T08:00"]),
            ("cron(0 8 L * ? *)", ["2024-05-31T08:00", "2024-06-30T08:00"]),
            // The fourth is a Saturday; the first of June is one too, and the weekday stays in its month.
            ("cron(0 8 4W * ? *)", ["2024-05-03T08:00", "2024-06-04T08:00"]),
            ("cron(0 8 1W JUN,SEP ? *)", ["2024-06-03T08:00", "2024-09-02T08:00"]),
            ("cron(0 8 30W JUN ? *)", ["2024-06-28T08:00", "2025-06-30T08:00"]),
            ("cron(0 8 ? * L *)", ["2024-05-04T08:00", "2024-05-11T08:00"]),
            ("cron(0 8 ? * 6L *)", ["2024-05-31T08:00", "2024-06-28T08:00"]),
            ("cron(0 8 ? * 3#2 *)", ["2024-05-14T08:00", "2024-06-11T08:00"]),
            ("cron(0 0 29 2 ? *)", ["2028-02-29T00:00", "2032-02-29T00:00"]),
        ] {
            assert_eq!(times(expression, 2), expected, "{expression}");
        }
    }

    #[test]
    fn a_cron_expression_ends_with_its_years() {
        assert_eq!(times("cron(0 0 1 1 ? 2025)", 5), ["2025-01-01T00:00"]);
        assert!(times("cron(0 0 30 2 ? *)", 1).is_empty(), "no February has thirty days");
    }

    #[test]
    fn what_eventbridge_would_not_take_is_refused() {
        for expression in [
            "",
            "5 minutes",
            "at(2024-05-01T12:00:00)",
            "rate()",
            "rate(10)",
            "rate(10minutes)",
            "rate(10 seconds)",
            "rate(1 minutes)",
            "rate(10 minute)",
            "rate(0 minutes)",
            "rate(-10 minutes)",
            "rate(+10 minutes)",
            "rate(10 MINUTES)",
            "rate( 10 minutes )",
            " rate(10 minutes)",
            "rate(9223372036854775807 days)",
            "cron(0 10 * * ?)",
            "cron(0 10 * * ? * *)",
            "cron(0 10 * * * *)",
            "cron(0 10 ? * ? *)",
            "cron(0 10 1 * MON *)",
            "cron(60 10 * * ? *)",
            "cron(0 24 * * ? *)",
            "cron(0 10 32 * ? *)",
            "cron(0 10 0 * ? *)",
            "cron(0 10 * 13 ? *)",
            "cron(0 10 ? * 8 *)",
            "cron(0 10 ? * 2/2 *)",
            "cron(0 10 ? * 3#1,6#3 *)",
            "cron(0 10 ? * 3#6 *)",
            "cron(0 10 ? * 3#+2 *)",
            "cron(0 10 L,5 * ? *)",
            "cron(0 10 * * ? 1969)",
            "cron(0/0 10 * * ? *)",
            "cron(5-1 10 * * ? *)",
            "cron(+5 10 * * ? *)",
            "cron(,5 10 * * ? *)",
        ] {
            assert!(Schedule::parse(expression).is_err(), "{expression}");
        }
    }
}
