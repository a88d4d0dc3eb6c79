//! Functions on numbers. A number that is not whole is rounded to the nearest whole one, as the service does.

use serde_json::{Value, json};

use crate::random::Random;

/// The argument as a 32-bit number, the range that the service documents.
pub(super) fn whole(value: &Value) -> Result<i64, String> {
    let number = value.as_f64().ok_or_else(|| format!("{value} is not a number"))?.round();
    if number < f64::from(i32::MIN) || number > f64::from(i32::MAX) {
        return Err(format!("{value} is not between {} and {}", i32::MIN, i32::MAX));
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked above")]
    Ok(number as i64)
}

pub(super) fn add(a: &Value, b: &Value) -> Result<Value, String> {
    Ok(json!(whole(a)? + whole(b)?))
}

pub(super) fn random(start: &Value, end: &Value, random: &Random) -> Result<Value, String> {
    let (start, end) = (whole(start)?, whole(end)?);
    if start >= end {
        return Err(format!("the range from {start} (inclusive) to {end} (exclusive) is empty"));
    }
    Ok(json!(random.between(start, end)))
}

pub(super) fn random_seeded(start: &Value, end: &Value, seed: &Value) -> Result<Value, String> {
    let seed = whole(seed)?;
    random(start, end, &Random::seeded(seed.unsigned_abs()))
}
