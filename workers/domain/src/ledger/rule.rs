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
use super::sid::SLOT;
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
/// The end of a name, with or without the dot of its root, right after the content. Network Firewall takes `pcre` only with
/// `content`, `tls.sni`, `http.host` and `dns.query`
/// (<https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-limitations-caveats.html>).
const END: &str = r#"pcre:"/^\.?$/R";"#;
/// How much of an indicator a rule's message shows: the whole of it stands in the rule anyway.
const SHOWN: usize = 64;

/// The revision of every rule but those of [`WITH_QUIC`].
const FIRST: u32 = 1;
/// The revision of the rules of a domain that has one for QUIC. So a block is read as what it was written as: one of three
/// rules is whole, and one of four from which somebody has taken a rule is not.
const WITH_QUIC: u32 = 2;

/// The kinds of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Tls,
    Http,
    Dns,
    Quic,
    Ip,
}

impl Kind {
    /// The rules of a domain; a block without QUIC ends before it.
    const DOMAIN: [Self; 4] = [Self::Tls, Self::Http, Self::Dns, Self::Quic];
    const NETWORK: [Self; 1] = [Self::Ip];

    fn of(indicator: &Indicator, quic: bool) -> &'static [Self] {
        match indicator {
            Indicator::Domain(_) if quic => &Self::DOMAIN,
            Indicator::Domain(_) => Self::DOMAIN.split_last().map_or(&[], |(_, others)| others),
            Indicator::Network(_) => &Self::NETWORK,
        }
    }

    /// Its place in a block's slot of signature ids. A slot belongs to one indicator, and that is a domain or a network: so
    /// the last place can be QUIC's or that of a network's only rule.
    fn place(self) -> u32 {
        match self {
            Self::Tls => 0,
            Self::Http => 1,
            Self::Dns => 2,
            Self::Quic | Self::Ip => 3,
        }
    }
}

/// The signature ids of a block whose slot begins at `base`. Only a domain can have a rule for QUIC.
pub(super) fn sids(indicator: &Indicator, base: u32, quic: bool) -> Vec<u32> {
    Kind::of(indicator, quic).iter().map(|kind| base + kind.place()).collect()
}

/// The rules of a block, the one that carries its metadata first, each without a line break.
pub(super) fn render(held: &Held) -> Vec<String> {
    let quic = held.sids.len() == Kind::DOMAIN.len();
    let revision = if quic { WITH_QUIC } else { FIRST };
    let kinds = Kind::of(&held.entry.indicator, quic).iter().zip(&held.sids).enumerate();
    let rule = |(place, (kind, sid)): (usize, (&Kind, &u32))| {
        Rule { entry: &held.entry, kind: *kind, sid: *sid, revision, is_head: place == 0 }.to_string()
    };
    kinds.map(rule).collect()
}

struct Rule<'a> {
    entry: &'a Entry,
    kind: Kind,
    sid: u32,
    revision: u32,
    is_head: bool,
}

impl fmt::Display for Rule<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entry, kind, sid, revision, is_head } = *self;
        let indicator = &entry.indicator;
        let action = match entry.mode {
            Mode::Drop => "drop",
            Mode::Alert => "alert",
        };
        // With `dotprefix` the buffer begins with a dot, so that the content matches the domain itself and every subdomain,
        // and not a longer name that ends in the same letters. `http.host` is in lower case and refuses `nocase`.
        // In SNI and Host a client may write a dot at the end of the name (`endswith` would let it slip by); DNS has none.
        // Over QUIC it does slip by, since `pcre` may not stand with `quic.sni`; RFC 6066 allows no such dot (section 3).
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
            Kind::Quic => ("quic any any -> any any".to_owned(), format!(" quic.sni; {name} nocase; endswith;")),
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
        write!(formatter, " sid:{sid}; rev:{revision};)")
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

/// Reads what the first rule of a block in the group of this name says.
///
/// It looks only where the values stand. Whoever asks must render the answer and find every rule of it in the text: that
/// is what makes it safe to rewrite or remove the lines, since nothing that a person has put there is lost.
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
    let (sid, after) = after.strip_prefix(" sid:")?.split_once(';')?;
    let revision: u32 = after.strip_prefix(" rev:")?.split_once(';')?.0.parse().ok()?;
    let quic = revision == WITH_QUIC;
    let first = Kind::of(&entry.indicator, quic).first()?;
    let base = sid.parse::<u32>().ok()?.checked_sub(first.place())?;
    base.checked_add(SLOT - 1)?;
    Some(Held::new(group, entry, base, quic))
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
