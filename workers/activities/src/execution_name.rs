//! The name of an execution, as far as it may stand in the names of other things.

/// The name in an execution's ARN: what comes last in it.
pub(crate) fn of_arn(execution: &str) -> &str {
    execution.rsplit(':').next().unwrap_or_default()
}

/// The same with a hyphen for each character but the letters and digits of ASCII and those of `others`.
pub(crate) fn limited_to(execution: &str, others: &str) -> String {
    let fits = |character: char| character.is_ascii_alphanumeric() || others.contains(character);
    of_arn(execution).chars().map(|character| if fits(character) { character } else { '-' }).collect()
}
