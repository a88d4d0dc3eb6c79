//! What the language does to data on its way through a state: paths, payload templates, intrinsic functions, the
//! context object.

pub(crate) mod context;
pub(crate) mod expression;
pub(crate) mod intrinsic;
pub(crate) mod path;
pub(crate) mod reference;
pub(crate) mod rule;
pub(crate) mod template;
pub(crate) mod timestamp;

use serde_json::Value;

use super::failure::Failure;
use crate::random::Random;
use context::Context;

/// The largest input or output of a state, in bytes of UTF-8.
///
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
pub(crate) const MAX_PAYLOAD: usize = 262_144;

/// What an expression can see.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// `$`
    pub(crate) input: &'a Value,
    /// `$$`
    pub(crate) context: &'a Context<'a>,
    /// Where `States.UUID` and `States.MathRandom` take their numbers from.
    pub(crate) random: &'a Random,
}

impl<'a> Scope<'a> {
    /// The same surroundings with another `$`.
    pub(crate) fn with_input(self, input: &'a Value) -> Self {
        Self { input, ..self }
    }
}

/// The value's JSON text, if it is within [`MAX_PAYLOAD`].
///
/// # Errors
/// `States.DataLimitExceeded`, which says `what` is too large.
pub(crate) fn payload(value: &Value, what: &str) -> Result<String, Failure> {
    let text = value.to_string();
    if text.len() > MAX_PAYLOAD { Err(Failure::too_large(what)) } else { Ok(text) }
}
