//! The execution that a task belongs to, read from its input.
//!
//! GetActivityTask tells only the token and the input. By convention a state's `Parameters` put `$$.Execution.Id` into
//! the top-level member `execution`, so that an operator gets from a log line to the execution.

use serde::Deserialize;

/// The longest ARN that is taken: the service's own limit for one.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html>
const ARN_CHARACTERS: usize = 256;

#[derive(Deserialize)]
struct Peek {
    execution: Option<serde_json::Value>,
}

/// The ARN in the input's member `execution`, if it looks like one: input is not trusted, and this goes into logs.
pub(crate) fn of_input(input: &str) -> Option<String> {
    let Peek { execution } = serde_json::from_str(input).ok()?;
    let execution = execution?.as_str()?.to_owned();
    let looks_like_an_arn = execution.starts_with("arn:")
        && execution.len() <= ARN_CHARACTERS
        && execution.chars().all(|c| c.is_ascii_graphic());
    looks_like_an_arn.then_some(execution)
}

#[cfg(test)]
mod tests {
    use super::of_input;

    #[test]
    fn only_what_looks_like_an_arn_is_taken() {
        let arn = "arn:aws:states:us-east-1:111122223333:execution:hello:one";
        assert_eq!(of_input(&format!(r#"{{"a":[1],"execution":"{arn}"}}"#)), Some(arn.to_owned()));
        for input in [
            "not JSON",
            "[]",
            "{}",
            r#"{"execution":7}"#,
            r#"{"execution":"hello"}"#,
            r#"{"execution":"arn:aws:\u001b[31m"}"#,
        ] {
            assert_eq!(of_input(input), None, "{input}");
        }
    }
}
