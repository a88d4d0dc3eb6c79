//! What an activity's calls must be allowed.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};

/// The actions of AWS Identity and Access Management that an activity's calls need, in parts: each part stands beside the calls that
/// need it, and an activity names the parts that it uses.
///
/// An action is `service:Name`, as in
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>; it
/// mostly, and not always, bears the name of the call. What a call makes AWS do in the caller's name, such as to decrypt, counts too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Actions {
    /// With the worker's own credentials.
    #[serde(serialize_with = "in_order")]
    pub own: Parts,
    /// In whichever account a task is about: with a role that the activity assumes there, and in the worker's own account with the
    /// worker's own credentials.
    #[serde(serialize_with = "in_order")]
    pub assumed: Parts,
}

type Parts = &'static [&'static [&'static str]];

impl Actions {
    /// Of an activity that calls nothing.
    pub const NONE: Self = Self { own: &[], assumed: &[] };

    /// Every action, in whichever account.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'static str> {
        self.own.iter().chain(self.assumed).copied().flatten().copied()
    }
}

/// Sorted and each once, whatever the parts have in common.
fn in_order<S: Serializer>(parts: &Parts, serializer: S) -> Result<S::Ok, S::Error> {
    let actions: BTreeSet<&str> = parts.iter().copied().flatten().copied().collect();
    actions.serialize(serializer)
}

/// Whether it is one action: no pattern that allows several.
pub(crate) fn is_action(text: &str) -> bool {
    text.split_once(':').is_some_and(|(service, name)| {
        let is_service = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !service.is_empty()
            && service.chars().all(is_service)
            && name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.chars().all(|c| c.is_ascii_alphanumeric())
    })
}
