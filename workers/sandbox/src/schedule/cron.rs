//! `cron(minutes hours day-of-month month day-of-week year)`, each minute of the calendar at most once.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::field::{DAY_OF_MONTH, DAY_OF_WEEK, HOURS, MINUTES, MONTH, OCCURRENCE, Values, YEAR};
use super::{InvalidSchedule, invalid};

/// Saturday: the days of a week are counted from Sunday, which is 1.
const LAST_OF_WEEK: i16 = 7;

/// A cron expression.
#[derive(Clone, Debug)]
pub(crate) struct Cron {
    minutes: Values,
    hours: Values,
    days: Days,
    months: Values,
    years: Values,
}

/// The days on which it fires, in the months in which it does.
#[derive(Clone, Debug)]
enum Days {
    OfMonth(Values),
    /// `L` as day of the month.
    LastOfMonth,
    /// `3W`: the day from Monday to Friday of the same month that is nearest to the third.
    WeekdayNearest(i16),
    OfWeek(Values),
    /// `6L`: the last Friday of the month.
    LastInMonth(i16),
    /// `3#2`: the second Tuesday of the month.
    NthInMonth {
        weekday: i16,
        nth: i16,
    },
}

impl Cron {
    /// Reads the six fields.
    ///
    /// # Errors
    /// [`InvalidSchedule`].
    pub(super) fn parse(text: &str) -> Result<Self, InvalidSchedule> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let &[minutes, hours, day_of_month, month, day_of_week, year] = fields.as_slice() else {
            return Err(invalid(format!("cron needs six fields, and has {}", fields.len())));
        };
        let days = match (day_of_month, day_of_week) {
            (day, "?") if day != "?" => Days::of_month(day)?,
            ("?", day) if day != "?" => Days::of_week(day)?,
            _ => return Err(invalid("one of Day-of-month and Day-of-week must be ?, and the other not")),
        };
        Ok(Self {
            minutes: MINUTES.values(minutes)?,
            hours: HOURS.values(hours)?,
            days,
            months: MONTH.values(month)?,
            years: YEAR.values(year)?,
        })
    }

    /// The first time after `last`, if there is one in its years.
    pub(super) fn next(&self, last: Timestamp) -> Option<Timestamp> {
        let final_year = *self.years.last()?;
        let mut date = TimeZone::UTC.to_datetime(last).date();
        while date.year() <= final_year {
            if self.falls_on(date) {
                let midnight = TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
                let later = self.times_of_day().filter_map(|minute| midnight.checked_add(minute).ok());
                if let Some(next) = later.into_iter().find(|time| *time > last) {
                    return Some(next);
                }
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    fn falls_on(&self, date: Date) -> bool {
        self.years.contains(&date.year()) && self.months.contains(&i16::from(date.month())) && self.days.hold(date)
    }

    /// Whether it names no month.
    pub(crate) fn is_of_every_month(&self) -> bool {
        self.months.len() == 12
    }

    /// Whether it fires on every day of its years.
    pub(crate) fn is_of_every_day(&self) -> bool {
        let every_day = match &self.days {
            Days::OfMonth(days) => days.len() == 31,
            Days::OfWeek(days) => days.len() == 7,
            _ => false,
        };
        every_day && self.is_of_every_month()
    }

    /// The times of a day at which it fires, as what has passed since midnight.
    pub(crate) fn times_of_day(&self) -> impl Iterator<Item = SignedDuration> {
        self.hours.iter().flat_map(|hour| {
            self.minutes.iter().map(move |minute| SignedDuration::from_mins(i64::from(hour * 60 + minute)))
        })
    }
}

impl Days {
    fn of_month(text: &str) -> Result<Self, InvalidSchedule> {
        if text == "L" {
            return Ok(Self::LastOfMonth);
        }
        match text.strip_suffix('W') {
            Some(day) => DAY_OF_MONTH.value(day).map(Self::WeekdayNearest),
            None => DAY_OF_MONTH.values(text).map(Self::OfMonth),
        }
    }

    fn of_week(text: &str) -> Result<Self, InvalidSchedule> {
        if text == "L" {
            return Ok(Self::OfWeek(Values::from([LAST_OF_WEEK])));
        }
        if let Some(weekday) = text.strip_suffix('L') {
            return DAY_OF_WEEK.value(weekday).map(Self::LastInMonth);
        }
        match text.split_once('#') {
            Some((weekday, nth)) => {
                Ok(Self::NthInMonth { weekday: DAY_OF_WEEK.value(weekday)?, nth: OCCURRENCE.value(nth)? })
            }
            None => DAY_OF_WEEK.values(text).map(Self::OfWeek),
        }
    }

    fn hold(&self, date: Date) -> bool {
        let (day, days) = (i16::from(date.day()), i16::from(date.days_in_month()));
        let weekday = weekday(date);
        match self {
            Self::OfMonth(wanted) => wanted.contains(&day),
            Self::LastOfMonth => day == days,
            Self::WeekdayNearest(wanted) => nearest_weekday(date, *wanted) == Some(day),
            Self::OfWeek(wanted) => wanted.contains(&weekday),
            Self::LastInMonth(wanted) => weekday == *wanted && day + 7 > days,
            Self::NthInMonth { weekday: wanted, nth } => weekday == *wanted && (day - 1) / 7 + 1 == *nth,
        }
    }
}

/// From Sunday, 1, to Saturday, 7.
fn weekday(date: Date) -> i16 {
    i16::from(date.weekday().to_sunday_one_offset())
}

/// The day from Monday to Friday that is nearest to day `wanted` of this month, without leaving the month; none in a
/// month that is too short.
fn nearest_weekday(month: Date, wanted: i16) -> Option<i16> {
    let day = month.first_of_month().with().day(i8::try_from(wanted).ok()?).build().ok()?;
    Some(match weekday(day) {
        LAST_OF_WEEK if wanted == 1 => 3,
        LAST_OF_WEEK => wanted - 1,
        1 if day == day.last_of_month() => wanted - 2,
        1 => wanted + 1,
        _ => wanted,
    })
}
