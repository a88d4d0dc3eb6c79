//! One line of the stream.

use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::error::Category;
use thiserror::Error;

use super::kind::Kind;
use super::members::{Members, Metadata};

/// An event, which borrows from its line.
pub struct Event<'a> {
    pub(super) metadata: Metadata<'a>,
    pub(super) members: Members<'a>,
    offset: u64,
    kind: Kind,
}

/// A line that is no event. Nothing of it stands here: it may hold what nobody should read in a log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("an event of the stream cannot be read: {problem}")]
pub struct EventUnreadable {
    /// Its offset, if that much can be read: such a line must not hold up those behind it.
    pub offset: Option<u64>,
    /// What is wrong, and where.
    pub problem: String,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    #[serde(borrow, default)]
    event: Members<'a>,
}

/// Milliseconds of 1973: a creation time below it is in seconds, as in some `AuthActivityAuditEvent`.
const LEAST_MILLISECONDS: u64 = 100_000_000_000;

impl<'a> Event<'a> {
    /// Reads a line.
    ///
    /// # Errors
    /// [`EventUnreadable`] if it is no JSON of an event's shape, or has no offset. [`mended`](super::mended) may help.
    pub fn read(line: &'a [u8]) -> Result<Self, EventUnreadable> {
        let Line { metadata, event: members } =
            serde_json::from_slice(line).map_err(|error| EventUnreadable::new(line, problem(&error)))?;
        let offset = metadata.offset.number().ok_or_else(|| EventUnreadable {
            offset: None,
            problem: "metadata.offset must be a whole number".to_owned(),
        })?;
        let kind = metadata.event_type.get().map_or(Kind::Other, Kind::of);
        Ok(Self { metadata, members, offset, kind })
    }

    /// Its number in its partition.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// What it is about.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// When Falcon made it.
    pub fn created(&self) -> Option<Timestamp> {
        let time: i64 = self.metadata.event_creation_time.number()?;
        let in_seconds = time.unsigned_abs() < LEAST_MILLISECONDS;
        if in_seconds { Timestamp::from_second(time) } else { Timestamp::from_millisecond(time) }.ok()
    }

    /// Falcon's id of the host (AID), if it happened on one.
    pub fn device(&self) -> Option<&str> {
        let Members { sensor_id, agent_id, agent_id_string, device_id, .. } = &self.members;
        [sensor_id, agent_id, agent_id_string, device_id].into_iter().find_map(|id| id.get())
    }
}

/// Nothing of what it says: command lines hold passwords.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Event").field("offset", &self.offset).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl EventUnreadable {
    fn new(line: &[u8], problem: String) -> Self {
        Self { offset: offset_of(line), problem }
    }
}

/// What serde says may quote the line.
fn problem(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        Category::Eof => "it ends in the middle",
        Category::Data => "it has not the shape of an event",
        Category::Syntax | Category::Io => "it is not JSON",
    };
    format!("{what} (byte {})", error.column())
}

/// The offset of a line that is broken elsewhere: `metadata` stands first, and is whole if no more than the rest is lost.
fn offset_of(line: &[u8]) -> Option<u64> {
    const MEMBER: &[u8] = br#""metadata""#;
    let end = line.windows(MEMBER.len()).position(|bytes| bytes == MEMBER)? + MEMBER.len();
    let value = line[end..].trim_ascii_start().strip_prefix(b":")?;
    let mut values = serde_json::Deserializer::from_slice(value).into_iter::<Metadata<'_>>();
    values.next()?.ok()?.offset.number()
}
