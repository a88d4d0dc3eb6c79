//! The parameters in a request's query.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::fql::{Filter, Kind};
use super::refused;
use crate::wire::{Call, ServiceError};

/// The parameters of one request.
pub(super) struct Query<'a>(&'a Value);

impl<'a> Query<'a> {
    /// # Errors
    /// 400 for a parameter that is none of `known`: what is documented is all that is served.
    pub(super) fn of(call: &'a Call, known: &[&str]) -> Result<Self, ServiceError> {
        let query = &call.input["query"];
        let mut names = query.as_object().into_iter().flat_map(|parameters| parameters.keys());
        match names.find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(refused(400, format!("The sandbox knows no parameter {name} of {}", call.operation))),
            None => Ok(Self(query)),
        }
    }

    /// A parameter; its first value, if it was given several times.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.0[name][0].as_str()
    }

    /// All values of a parameter.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0[name].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    /// # Errors
    /// 400 for what is no number within the bounds.
    pub(super) fn number(
        &self,
        name: &str,
        default: usize,
        bounds: RangeInclusive<usize>,
    ) -> Result<usize, ServiceError> {
        let number = self.text(name).map_or(Some(default), |text| text.parse().ok());
        let refusal = || refused(400, format!("{name} must be between {} and {}", bounds.start(), bounds.end()));
        number.filter(|number| bounds.contains(number)).ok_or_else(refusal)
    }

    /// # Errors
    /// 400 for a text that is none of `allowed`.
    pub(super) fn one_of(&self, name: &str, allowed: &[&str]) -> Result<Option<&'a str>, ServiceError> {
        match self.text(name) {
            Some(text) if !allowed.contains(&text) => Err(refused(400, format!("{name} cannot be {text}"))),
            text => Ok(text),
        }
    }

    /// The filter over these fields, of which each can only be named; without one, everything passes.
    ///
    /// # Errors
    /// 400 for a filter that the sandbox does not understand.
    pub(super) fn filter(&self, fields: &[&str]) -> Result<Filter, ServiceError> {
        self.filter_by(|field| fields.contains(&field).then_some(Kind::Name))
    }

    /// The filter over the fields that `kind` knows; without one, everything passes.
    ///
    /// # Errors
    /// 400 for a filter that the sandbox does not understand.
    pub(super) fn filter_by(&self, kind: impl Fn(&str) -> Option<Kind>) -> Result<Filter, ServiceError> {
        let filter = self.text("filter").map(|text| Filter::parse(text, kind)).transpose();
        let refusal = |problem| refused(400, format!("Invalid filter expression supplied: {problem}"));
        filter.map(Option::unwrap_or_default).map_err(refusal)
    }
}
