//! Functions on arrays.

use serde_json::{Value, json};

use super::numbers::whole;

/// The most items that `States.ArrayRange` makes.
const MAX_RANGE: i64 = 1_000;

fn items(value: &Value) -> Result<&Vec<Value>, String> {
    value.as_array().ok_or_else(|| format!("{value} is not an array"))
}

pub(super) fn contains(array: &Value, value: &Value) -> Result<Value, String> {
    Ok(json!(items(array)?.contains(value)))
}

pub(super) fn get_item(array: &Value, index: &Value) -> Result<Value, String> {
    let index = whole(index)?;
    let item = usize::try_from(index).ok().and_then(|index| array.as_array()?.get(index));
    item.cloned().ok_or_else(|| format!("{array} has no item {index}"))
}

pub(super) fn length(array: &Value) -> Result<Value, String> {
    Ok(json!(items(array)?.len()))
}

pub(super) fn partition(array: &Value, size: &Value) -> Result<Value, String> {
    let size = usize::try_from(whole(size)?).ok().filter(|size| *size > 0);
    let size = size.ok_or("the size of a part must be at least 1")?;
    Ok(items(array)?.chunks(size).map(<[Value]>::to_vec).collect())
}

pub(super) fn range(first: &Value, last: &Value, step: &Value) -> Result<Value, String> {
    let (first, last, step) = (whole(first)?, whole(last)?, whole(step)?);
    if step == 0 {
        return Err("the step must not be 0".to_owned());
    }
    let length = (last - first) / step + 1;
    if length > MAX_RANGE {
        return Err(format!("the range would hold {length} items, over {MAX_RANGE}"));
    }
    let inside = |number: &i64| if step > 0 { *number <= last } else { *number >= last };
    Ok((0..length.max(0)).map(|at| first + at * step).filter(inside).collect())
}

pub(super) fn unique(array: &Value) -> Result<Value, String> {
    let mut found: Vec<Value> = Vec::new();
    for item in items(array)? {
        if !found.contains(item) {
            found.push(item.clone());
        }
    }
    Ok(Value::Array(found))
}
