//! What a field of a finding may hold at most, in characters.
//!
//! `Title`, `Description`, `Id`, `ProductFields`:
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html>.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

pub(super) const ID: usize = 512;
pub(super) const TITLE: usize = 256;
pub(super) const DESCRIPTION: usize = 1_024;
pub(super) const PRODUCT_FIELD: usize = 2_048;
/// Of fifty, less the three that Security Hub adds (`aws/securityhub/FindingId`, `ProductName` and `CompanyName`).
pub(super) const PRODUCT_FIELDS: usize = 47;
/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Severity.html>.
pub(super) const SEVERITY_ORIGINAL: usize = 64;
/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_ProcessDetails.html>.
pub(super) const PROCESS_NAME: usize = 64;
/// The same page.
pub(super) const PROCESS_PATH: usize = 512;
/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Network.html>.
pub(super) const PROTOCOL: usize = 16;
/// <https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resourcedetails-other.html>.
pub(super) const RESOURCE_DETAIL: usize = 1_024;
/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Resource.html>.
pub(super) const RESOURCE_ID: usize = 512;
/// No page names one. A tactic of MITRE's has some thirty characters.
pub(super) const TYPE: usize = 256;
/// No page names one. Browsers and proxies take this much.
pub(super) const URL: usize = 2_048;

/// What the Falcon Integration Gateway puts where it has cut.
const ELLIPSIS: &str = "...";

/// A text of at most `most` characters: a longer one ends in three dots.
pub(super) fn cut<'a>(text: impl Into<Cow<'a, str>>, most: usize) -> Cow<'a, str> {
    let text = text.into();
    // No text has more characters than bytes.
    if text.len() <= most || text.chars().nth(most).is_none() {
        return text;
    }
    let end = text.char_indices().nth(most - ELLIPSIS.len()).map_or(text.len(), |(end, _)| end);
    Cow::Owned([&text[..end], ELLIPSIS].concat())
}

/// A text that is cut when it is written.
pub(super) struct Cut<'a>(pub(super) &'a str, pub(super) usize);

impl Serialize for Cut<'_> {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        into.serialize_str(&cut(self.0, self.1))
    }
}
