//! What a finding counts already.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::fields;
use super::hit::{Hit, Sightings};
use crate::hunt::Label;
use crate::indicator::DomainName;

/// What a delivery is known by when it comes again: the first eight hexadecimal digits of its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryRef(String);

impl DeliveryRef {
    const DIGITS: usize = 8;

    /// The reference of a delivery with this content.
    pub(super) fn of(content: &[u8]) -> Self {
        let digest = Sha256::digest(content);
        let number = digest.iter().take(Self::DIGITS / 2).fold(0, |number: u32, byte| (number << 8) | u32::from(*byte));
        Self(format!("{number:0digits$x}", digits = Self::DIGITS))
    }

    fn from_token(token: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (token.len() == Self::DIGITS && token.bytes().all(is_digit)).then(|| Self(token.to_owned()))
    }
}

/// What a finding counts, and of which deliveries, as its `ProductFields` hold it.
///
/// Kinesis, the pipe and Step Functions each deliver at least once. The finding remembers the last deliveries that it has
/// counted; one that comes again is not counted again, unless very many others came between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All that was seen.
    pub seen: Sightings,
    /// The deliveries that were counted, the last one last.
    counted: Vec<DeliveryRef>,
}

impl Tally {
    /// How many deliveries are remembered: with blanks between they take 2,043 of the 2,048 characters that a value of
    /// `ProductFields` may have
    /// (<https://docs.aws.amazon.com/securityhub/latest/userguide/asff-top-level-attributes.html#asff-productfields>).
    const REMEMBERED: usize = 227;

    /// What the fields of a finding say; nothing of what cannot be read. Whoever imports findings in this account could have
    /// written them, and can therefore spoil the count of his own account.
    pub fn read(fields: &HashMap<String, String>) -> Self {
        let number = |key| fields::one(fields, key).unwrap_or(0);
        Self {
            seen: Sightings {
                blocked: number(fields::BLOCKED),
                allowed: number(fields::ALLOWED),
                first: fields::one(fields, fields::FIRST_SEEN),
                last: fields::one(fields, fields::LAST_SEEN),
                ports: fields::all(fields, fields::PORTS, |text| text.parse().ok()),
                protocols: fields::all(fields, fields::PROTOCOLS, Label::read),
                names: fields::all(fields, fields::NAMES, |text| DomainName::parse(text).ok()),
                remotes: fields::all(fields, fields::REMOTES, |text| text.parse().ok()),
            },
            counted: fields::all(fields, fields::COUNTED, DeliveryRef::from_token),
        }
    }

    /// Writes what [`read`](Self::read) reads.
    pub(super) fn write(&self, fields: &mut HashMap<String, String>) {
        let Sightings { blocked, allowed, first, last, ports, protocols, names, remotes } = &self.seen;
        fields::put(fields, fields::BLOCKED, [blocked]);
        fields::put(fields, fields::ALLOWED, [allowed]);
        fields::put(fields, fields::FIRST_SEEN, first);
        fields::put(fields, fields::LAST_SEEN, last);
        fields::put(fields, fields::PORTS, ports);
        fields::put(fields, fields::PROTOCOLS, protocols);
        fields::put(fields, fields::NAMES, names);
        fields::put(fields, fields::REMOTES, remotes);
        fields::put(fields, fields::COUNTED, self.counted.iter().map(|reference| &reference.0));
    }

    /// These and what of a hit has not been counted; `None` if all of it has.
    #[must_use]
    pub fn with(&self, hit: &Hit) -> Option<Self> {
        let is_new = |(reference, _): &(&DeliveryRef, &Sightings)| !self.counted.contains(reference);
        let tally = hit.seen.iter().filter(is_new).fold(self.clone(), |tally, (reference, seen)| {
            let mut counted = tally.counted;
            counted.push(reference.clone());
            counted.drain(..counted.len().saturating_sub(Self::REMEMBERED));
            Self { seen: tally.seen.and(seen), counted }
        });
        (tally != *self).then_some(tally)
    }
}
