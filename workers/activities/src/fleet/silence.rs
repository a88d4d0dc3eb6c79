//! A source that did not answer.

use falconer_domain::fleet::Answer;
use falconer_runtime::ActivityError;
use thiserror::Error;

/// A source that did not answer, and what came of asking it. The verdicts that needed it say that they are unknown.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{cause}")]
pub struct Silence {
    /// The error's name.
    pub error: &'static str,
    /// What came back.
    pub cause: String,
    /// Whether it is worth asking again.
    pub is_transient: bool,
}

impl Silence {
    /// What a call met.
    pub fn of<E: ActivityError>(error: &E) -> Self {
        Self { error: error.name(), cause: error.to_string(), is_transient: error.is_transient() }
    }
}

/// What a source said; of its silence, the first reason is kept.
pub(super) fn heard<T, E: ActivityError>(said: Result<T, E>, silence: &mut Vec<Silence>) -> Answer<T> {
    match said {
        Ok(said) => Answer::Given(said),
        Err(error) => {
            if !silence.iter().any(|noted| noted.error == error.name()) {
                silence.push(Silence::of(&error));
            }
            Answer::Missing
        }
    }
}
