//! One field of a cron expression: lists, ranges and steps of numbers.

use std::collections::BTreeSet;

use super::{InvalidSchedule, invalid};

/// The numbers that a field lets through.
pub(super) type Values = BTreeSet<i16>;

/// What may stand in a field.
pub(super) struct Field {
    name: &'static str,
    first: i16,
    last: i16,
    /// Names of the numbers, beginning with the first.
    names: &'static [&'static str],
    /// Whether `/` may stand in it.
    steps: bool,
}

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

pub(super) const MINUTES: Field = Field { name: "Minutes", first: 0, last: 59, names: &[], steps: true };
pub(super) const HOURS: Field = Field { name: "Hours", first: 0, last: 23, names: &[], steps: true };
pub(super) const DAY_OF_MONTH: Field = Field { name: "Day-of-month", first: 1, last: 31, names: &[], steps: true };
pub(super) const MONTH: Field = Field { name: "Month", first: 1, last: 12, names: &MONTHS, steps: true };
pub(super) const DAY_OF_WEEK: Field = Field { name: "Day-of-week", first: 1, last: 7, names: &WEEKDAYS, steps: false };
/// After `#` in a day of the week: a weekday comes at most five times in a month.
pub(super) const OCCURRENCE: Field = Field { name: "Day-of-week after #", first: 1, last: 5, names: &[], steps: false };
pub(super) const YEAR: Field = Field { name: "Year", first: 1970, last: 2199, names: &[], steps: true };

impl Field {
    /// `*`, `5`, `MON-FRI`, `0/10`, `1,15`.
    ///
    /// # Errors
    /// [`InvalidSchedule`], naming the field.
    pub(super) fn values(&self, text: &str) -> Result<Values, InvalidSchedule> {
        let mut values = Values::new();
        for part in text.split(',') {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) if self.steps => (range, Some(self.step(step)?)),
                Some(_) => return Err(self.refuse(text)),
                None => (part, None),
            };
            let (from, to) = match range.split_once('-') {
                _ if range == "*" => (self.first, self.last),
                Some((from, to)) => (self.value(from)?, self.value(to)?),
                // A step without a range goes on to the end.
                None => (self.value(range)?, if step.is_some() { self.last } else { self.value(range)? }),
            };
            if from > to {
                return Err(self.refuse(text));
            }
            values.extend((from..=to).step_by(step.unwrap_or(1)));
        }
        Ok(values)
    }

    /// One number, or the name of one.
    pub(super) fn value(&self, text: &str) -> Result<i16, InvalidSchedule> {
        let named = (self.first..).zip(self.names).find_map(|(number, name)| (*name == text).then_some(number));
        let number = || text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        let value = named.or_else(number).filter(|value| (self.first..=self.last).contains(value));
        value.ok_or_else(|| self.refuse(text))
    }

    /// What is wrong with this text in this field.
    pub(super) fn refuse(&self, text: &str) -> InvalidSchedule {
        invalid(format!("{} cannot be '{text}'", self.name))
    }

    fn step(&self, text: &str) -> Result<usize, InvalidSchedule> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|step| digits && *step > 0).ok_or_else(|| self.refuse(text))
    }
}
