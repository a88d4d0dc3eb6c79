//! One block as Suricata rules, and back.
//!
//! Network Firewall runs Suricata 7 (<https://docs.suricata.io/en/suricata-7.0.11/rules/>). The rules hold no keyword that
//! either rule order refuses (`priority` above all), so that they load in DEFAULT_ACTION_ORDER and in STRICT_ORDER.
//!
//! The workload's side is `any`, not `$HOME_NET`. With central inspection only the firewall's own VPC is HOME_NET unless
//! somebody has set the variable, and a block that silently passes the traffic of every other VPC is worse than none.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::Held;
use crate::block::{Causes, Entry, Mode, Requester};
use crate::indicator::Indicator;

/// Stands in every rule of ours.
pub(super) const MARKER: &str = "metadata:falconer ";
/// Begins the metadata of a block's first rule, which carries everything.
const HEAD: &str = "metadata:falconer block, ";
/// The metadata of a block's further rules.
const PART: &str = "metadata:falconer part;";
/// A time in metadata, in UTC.
const TIME: &str = "%Y%m%dT%H%M%SZ";
/// The end of a name, with or without the dot of its root, right after the content. AWS's own examples use `pcre` beside
/// `content` in `tls.sni` and `http.host`
/// (<https://aws.github.io/aws-security-services-best-practices/guides/network-firewall/>).
const END: &str = r#"pcre:"/^\.?$/R";"#;
/// How much of an indicator a rule's message shows: the whole of it stands in the rule anyway.
const SHOWN: usize = 64;

/// The kinds of rules, by their place in a block's slot of signature ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Tls = 0,
    Http = 1,
    Dns = 2,
    Ip = 3,
}

impl Kind {
    fn of(indicator: &Indicator) -> &'static [Self] {
        match indicator {
            Indicator::Domain(_) => &[Self::Tls, Self::Http, Self::Dns],
            Indicator::Network(_) => &[Self::Ip],
        }
    }
}

/// The signature ids of a block whose slot begins at `base`.
pub(super) fn sids(indicator: &Indicator, base: u32) -> Vec<u32> {
    Kind::of(indicator).iter().map(|kind| base + *kind as u32).collect()
}

/// The rules of a block, the one that carries its metadata first, each without a line break.
pub(super) fn render(held: &Held) -> Vec<String> {
    let kinds = Kind::of(&held.entry.indicator).iter().zip(&held.sids).enumerate();
    let rule = |(place, (kind, sid)): (usize, (&Kind, &u32))| {
        Rule { entry: &held.entry, kind: *kind, sid: *sid, is_head: place == 0 }.to_string()
    };
    kinds.map(rule).collect()
}

struct Rule<'a> {
    entry: &'a Entry,
    kind: Kind,
    sid: u32,
    is_head: bool,
}

impl fmt::Display for Rule<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entry, kind, sid, is_head } = *self;
        let indicator = &entry.indicator;
        let action = match entry.mode {
            Mode::Drop => "drop",
            Mode::Alert => "alert",
        };
        // With `dotprefix` the buffer begins with a dot, so that the content matches the domain itself and every subdomain,
        // and not a longer name that ends in the same letters. `http.host` is in lower case and refuses `nocase`.
        // In SNI and Host a client may write a dot at the end of the name (`endswith` would let it slip by); DNS has none.
        let name = format!("dotprefix; content:\".{indicator}\";");
        let (traffic, options) = match kind {
            Kind::Tls => (
                "tls any any -> any any".to_owned(),
                format!(" flow:to_server,established; tls.sni; {name} nocase; {END}"),
            ),
            Kind::Http => {
                ("http any any -> any any".to_owned(), format!(" flow:to_server,established; http.host; {name} {END}"))
            }
            Kind::Dns => ("dns any any -> any any".to_owned(), format!(" dns.query; {name} nocase; endswith;")),
            Kind::Ip => (format!("ip any any <> {indicator} any"), String::new()),
        };
        write!(formatter, "{action} {traffic} (msg:\"{}\";{options} ", Message(indicator))?;
        if is_head {
            let (created, expires) = (entry.created.strftime(TIME), entry.expires.strftime(TIME));
            let (causes, by) = (&entry.causes, entry.by.token());
            write!(formatter, "{HEAD}f {causes}, c {created}, x {expires}, by {by}")?;
            if let Some(account) = entry.account {
                write!(formatter, ", a {account}")?;
            }
            formatter.write_str(";")?;
        } else {
            formatter.write_str(PART)?;
        }
        write!(formatter, " sid:{sid}; rev:1;)")
    }
}

/// What the firewall's alert log shows. Neither names nor addresses hold a character that a message must escape.
struct Message<'a>(&'a Indicator);

impl fmt::Display for Message<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        match text.get(..SHOWN) {
            Some(start) if text.len() > SHOWN => write!(formatter, "Falconer {start}..."),
            _ => write!(formatter, "Falconer {text}"),
        }
    }
}

/// Reads what a block's first rule says: the block, and the first signature id of its slot.
///
/// It looks only where the values stand. Whoever asks must render the answer and find every rule of it in the text: that
/// is what makes it safe to rewrite or remove the lines, since nothing that a person has put there is lost.
pub(super) fn read_head(line: &str) -> Option<(Entry, u32)> {
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
    let sid: u32 = after.strip_prefix(" sid:")?.split_once(';')?.0.parse().ok()?;
    let first = *Kind::of(&entry.indicator).first()?;
    let base = sid.checked_sub(first as u32).filter(|base| base.checked_add(Kind::Ip as u32).is_some())?;
    Some((entry, base))
}

fn read_indicator(line: &str) -> Option<Indicator> {
    let text = match line.split_once("content:\".") {
        Some((_, name)) => name.split_once('"')?.0,
        None => line.split_once(" <> ")?.1.split_once(' ')?.0,
    };
    text.parse().ok()
}

fn read_time(text: &str) -> Option<Timestamp> {
    DateTime::strptime(TIME, text).ok()?.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp())
}
