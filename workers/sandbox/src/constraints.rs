//! The constraints of a service's model, checked and worded as AWS's own front does before an operation sees its input.
//!
//! The wording (`1 validation error detected: Value … at … failed to satisfy constraint: …`) is that of the examples in
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html> and of every service of this age.

use crate::wire::ServiceError;

/// Collects what is wrong with one input, so that the caller reads all of it at once.
#[derive(Debug, Default)]
pub(crate) struct Constraints {
    broken: Vec<String>,
}

impl Constraints {
    /// `value` must be there.
    pub(crate) fn required<T>(&mut self, member: &str, value: Option<&T>) -> &mut Self {
        if value.is_none() {
            self.break_one("null", member, "Member must not be null");
        }
        self
    }

    /// `value`, if it is there, has between `min` and `max` characters.
    pub(crate) fn length(&mut self, member: &str, value: Option<&str>, min: usize, max: usize) -> &mut Self {
        let Some(value) = value else { return self };
        let length = value.chars().count();
        if length < min {
            self.too_small(value, member, min);
        } else if length > max {
            // The value itself is not repeated: it is long, and it may be a secret.
            self.break_one("…", member, &format!("Member must have length less than or equal to {max}"));
        }
        self
    }

    /// `count`, if it is there, is between `min` and `max`: the number of a list's entries.
    pub(crate) fn entries(&mut self, member: &str, count: Option<usize>, min: usize, max: usize) -> &mut Self {
        let Some(count) = count else { return self };
        if count < min {
            self.too_small("[]", member, min);
        } else if count > max {
            let constraint = format!("Member must have length less than or equal to {max}");
            self.break_one(&format!("[{count} entries]"), member, &constraint);
        }
        self
    }

    /// `value`, if it is there, is between `min` and `max`.
    pub(crate) fn range(&mut self, member: &str, value: Option<i64>, min: i64, max: i64) -> &mut Self {
        let Some(value) = value else { return self };
        if value < min {
            let constraint = format!("Member must have value greater than or equal to {min}");
            self.break_one(&value.to_string(), member, &constraint);
        } else if value > max {
            self.break_one(&value.to_string(), member, &format!("Member must have value less than or equal to {max}"));
        }
        self
    }

    /// `value`, if it is there, is one of `allowed`.
    pub(crate) fn one_of(&mut self, member: &str, value: Option<&str>, allowed: &[&str]) -> &mut Self {
        if let Some(value) = value.filter(|value| !allowed.contains(value)) {
            let constraint = format!("Member must satisfy enum value set: [{}]", allowed.join(", "));
            self.break_one(value, member, &constraint);
        }
        self
    }

    /// `value`, if it is there, consists of characters that `allowed` accepts; `pattern` says which in the message.
    pub(crate) fn characters(
        &mut self,
        member: &str,
        value: Option<&str>,
        pattern: &str,
        allowed: impl Fn(char) -> bool,
    ) -> &mut Self {
        self.form(member, value, pattern, |value| value.chars().all(&allowed))
    }

    /// `value`, if it is there, is of a form that `fits` accepts; `pattern` says which in the message.
    pub(crate) fn form(
        &mut self,
        member: &str,
        value: Option<&str>,
        pattern: &str,
        fits: impl Fn(&str) -> bool,
    ) -> &mut Self {
        if let Some(value) = value.filter(|value| !fits(value)) {
            let constraint = format!("Member must satisfy regular expression pattern: {pattern}");
            self.break_one(value, member, &constraint);
        }
        self
    }

    /// What is wrong, in one sentence, if anything is.
    pub(crate) fn broken(&self) -> Option<String> {
        let count = self.broken.len();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} validation error{plural} detected: {}", self.broken.join("; ")))
    }

    /// Ends the check.
    ///
    /// # Errors
    /// `ValidationException`, naming every member that breaks its constraint.
    pub(crate) fn finish(&self) -> Result<(), ServiceError> {
        self.broken().map_or(Ok(()), |message| Err(ServiceError::new("ValidationException", message)))
    }

    fn too_small(&mut self, value: &str, member: &str, min: usize) {
        self.break_one(value, member, &format!("Member must have length greater than or equal to {min}"));
    }

    fn break_one(&mut self, value: &str, member: &str, constraint: &str) {
        let value = if value == "null" { value.to_owned() } else { format!("'{value}'") };
        self.broken.push(format!("Value {value} at '{member}' failed to satisfy constraint: {constraint}"));
    }
}

/// The value of a required member, for an operation that has only one or two.
///
/// # Errors
/// `ValidationException`, as [`Constraints::required`] words it.
pub(crate) fn required<T>(member: &str, value: Option<T>) -> Result<T, ServiceError> {
    let mut constraints = Constraints::default();
    constraints.required(member, value.as_ref());
    constraints.finish()?;
    value.ok_or_else(|| ServiceError::new("ValidationException", format!("Value null at '{member}'")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_broken_constraint_is_named_at_once() {
        let mut constraints = Constraints::default();
        constraints.required::<String>("ruleGroupName", None).one_of("type", Some("ODD"), &["STATEFUL"]);
        let message = constraints.broken().unwrap();
        assert!(message.starts_with("2 validation errors detected: "), "{message}");
        assert!(message.contains("Value null at 'ruleGroupName'") && message.contains("'ODD' at 'type'"), "{message}");
    }

    #[test]
    fn an_input_within_its_constraints_passes() {
        let mut constraints = Constraints::default();
        constraints.length("name", Some("ok"), 1, 2).range("maxResults", Some(100), 1, 100).entries("e", Some(1), 1, 1);
        assert_eq!(constraints.finish(), Ok(()));
    }
}
