//! One block as Suricata rules, and back.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::Held;
use crate::block::{Causes, Entry, Mode, Requester};
use crate::rule_group::{Wording, read_indicator, read_sids};

/// What the messages of a block's rules begin with, before the indicator.
pub(crate) const TITLE: &str = "Falconer";
/// Begins the metadata of a block's first rule, which carries everything.
const HEAD: &str = "metadata:falconer block, ";
/// The metadata of a block's further rules.
const PART: &str = "metadata:falconer part;";
/// A time in metadata, in UTC.
const TIME: &str = "%Y%m%dT%H%M%SZ";

/// The rules of a block, the one that carries its metadata first, each without a line break.
pub(super) fn render(held: &Held) -> Vec<String> {
    let action = match held.entry.mode {
        Mode::Drop => "drop",
        Mode::Alert => "alert",
    };
    let wording = Wording { action, title: TITLE, head: Head(&held.entry), part: PART };
    wording.render(&held.entry.indicator, &held.sids)
}

struct Head<'a>(&'a Entry);

impl fmt::Display for Head<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = self.0;
        let (created, expires) = (entry.created.strftime(TIME), entry.expires.strftime(TIME));
        let (causes, by) = (&entry.causes, entry.by.token());
        write!(formatter, "{HEAD}f {causes}, c {created}, x {expires}, by {by}")?;
        if let Some(account) = entry.account {
            write!(formatter, ", a {account}")?;
        }
        formatter.write_str(";")
    }
}

/// Reads what the first rule of a block in the group of this name says; whoever asks must find the answer's rules in the
/// text (see [`read_indicator`]).
pub(super) fn read_head(group: &str, line: &str) -> Option<Held> {
    let (_, metadata) = line.split_once(HEAD)?;
    let (metadata, after) = metadata.split_once(';')?;
    let mut fields = metadata.split(", ");
    let mut field = |name: &str| fields.next()?.strip_prefix(name);
    let entry = Entry {
        indicator: read_indicator(line)?,
        causes: Causes::from_token(field("f ")?)?,
        created: read_time(field("c ")?)?,
        expires: read_time(field("x ")?)?,
        by: Requester::from_token(field("by ")?)?,
        // One that cannot be read is none: then the rendered answer differs from the line, which is foreign.
        account: field("a ").and_then(|account| account.parse().ok()),
        mode: if line.starts_with("drop ") { Mode::Drop } else { Mode::Alert },
    };
    let sids = read_sids(&entry.indicator, after)?;
    Some(Held { group: group.to_owned(), entry, sids })
}

fn read_time(text: &str) -> Option<Timestamp> {
    DateTime::strptime(TIME, text).ok()?.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp())
}
