//! The tokens by which Config knows what an evaluation answers.
//!
//! "An encrypted token that associates an evaluation with an AWS Config rule. Identifies the rule and the event that
//! triggered the evaluation": <https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html>.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::Key;
use crate::wire::Caller;

/// How long a token is good. AWS does not say; a day is as long as the longest of a rule's periods.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// The tokens that were handed out.
#[derive(Debug, Default)]
pub(super) struct ResultTokens(HashMap<String, ResultToken>);

/// What a token stands for.
#[derive(Clone, Debug)]
pub(super) struct ResultToken {
    pub(super) rule: Key,
    /// When the rule was invoked.
    pub(super) invoked: Timestamp,
}

impl ResultTokens {
    pub(super) fn add(&mut self, text: String, token: ResultToken) {
        self.0.insert(text, token);
    }

    /// What a token stands for, if it is good now for a caller of this account and region.
    pub(super) fn find(&self, text: &str, caller: &Caller, now: Timestamp) -> Option<ResultToken> {
        let token = self.0.get(text)?;
        let (account, region, _) = &token.rule;
        let own = *account == caller.account && *region == caller.region;
        (own && now.duration_since(token.invoked) < LIFETIME).then(|| token.clone())
    }

    pub(super) fn end(&mut self) {
        self.0.clear();
    }
}
