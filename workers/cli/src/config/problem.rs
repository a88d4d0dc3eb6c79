//! What is wrong with a configuration, and where.

use std::fmt;

use jsonschema::ValidationError;
use thiserror::Error;

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The key, `worker.slots`, or the variable's name.
    pub key: String,
    /// What is wrong with it.
    pub problem: String,
}

impl ConfigProblem {
    pub(crate) fn new(key: &str, problem: impl Into<String>) -> Self {
        Self { key: key.to_owned(), problem: problem.into() }
    }
}

/// All problems of a configuration; never empty.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub struct ConfigProblems(pub Vec<ConfigProblem>);

impl ConfigProblems {
    pub(super) fn one(key: &str, problem: &str) -> Self {
        Self(vec![ConfigProblem::new(key, problem)])
    }
}

impl fmt::Display for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration has {} problem(s):", self.0.len())?;
        self.0.iter().try_for_each(|ConfigProblem { key, problem }| write!(f, "\n  {key}: {problem}"))
    }
}

/// A schema's complaint with its key written as people write it.
pub(super) fn of_schema(error: &ValidationError<'_>) -> ConfigProblem {
    let pointer = error.instance_path().to_string();
    let key = pointer.trim_start_matches('/').replace('/', ".");
    ConfigProblem::new(if key.is_empty() { "configuration" } else { &key }, error.to_string())
}
