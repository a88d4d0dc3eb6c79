//! The rules of one indicator: which traffic meets it, and what they say.
//!
//! The rules hold no keyword that either rule order refuses (`priority` above all), so that they load in
//! DEFAULT_ACTION_ORDER and in STRICT_ORDER.
//!
//! The workload's side is `any`, not `$HOME_NET`. With central inspection only the firewall's own VPC is HOME_NET unless
//! somebody has set the variable, and a rule that silently passes the traffic of every other VPC is worse than none.

use std::fmt;

use super::sid::SLOT;
use crate::indicator::Indicator;

/// Stands in every rule of ours.
pub(crate) const MARKER: &str = "metadata:falconer ";
/// The end of a name, with or without the dot of its root, right after the content. Network Firewall takes `pcre` only with
/// `content`, `tls.sni`, `http.host` and `dns.query`
/// (<https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-limitations-caveats.html>).
const END: &str = r#"pcre:"/^\.?$/R";"#;
/// How much of an indicator a rule's message shows: the whole of it stands in the rule anyway.
const SHOWN: usize = 64;

/// The revision of every rule but those of [`WITH_QUIC`].
const FIRST: u32 = 1;
/// The revision of the rules of a domain that has one for QUIC. So an entry is read as what it was written as: one of three
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
    /// The rules of a domain; without QUIC they end before it.
    const DOMAIN: [Self; 4] = [Self::Tls, Self::Http, Self::Dns, Self::Quic];
    const NETWORK: [Self; 1] = [Self::Ip];

    fn of(indicator: &Indicator, quic: bool) -> &'static [Self] {
        match indicator {
            Indicator::Domain(_) if quic => &Self::DOMAIN,
            Indicator::Domain(_) => Self::DOMAIN.split_last().map_or(&[], |(_, others)| others),
            Indicator::Network(_) => &Self::NETWORK,
        }
    }

    /// Its place in a slot of signature ids. A slot belongs to one indicator, and that is a domain or a network: so the last
    /// place can be QUIC's or that of a network's only rule.
    fn place(self) -> u32 {
        match self {
            Self::Tls => 0,
            Self::Http => 1,
            Self::Dns => 2,
            Self::Quic | Self::Ip => 3,
        }
    }

    /// The traffic of an indicator that such a rule looks at, and the options by which it knows it.
    fn meets(self, indicator: &Indicator) -> (String, String) {
        // With `dotprefix` the buffer begins with a dot, so that the content matches the domain itself and every subdomain,
        // and not a longer name that ends in the same letters. `http.host` is in lower case and refuses `nocase`.
        // In SNI and Host a client may write a dot at the end of the name (`endswith` would let it slip by); DNS has none.
        // Over QUIC it does slip by, since `pcre` may not stand with `quic.sni`; RFC 6066 allows no such dot (section 3).
        let name = format!("dotprefix; content:\".{indicator}\";");
        match self {
            Self::Tls => (
                "tls any any -> any any".to_owned(),
                format!(" flow:to_server,established; tls.sni; {name} nocase; {END}"),
            ),
            Self::Http => {
                ("http any any -> any any".to_owned(), format!(" flow:to_server,established; http.host; {name} {END}"))
            }
            Self::Dns => ("dns any any -> any any".to_owned(), format!(" dns.query; {name} nocase; endswith;")),
            Self::Quic => ("quic any any -> any any".to_owned(), format!(" quic.sni; {name} nocase; endswith;")),
            Self::Ip => (format!("ip any any <> {indicator} any"), String::new()),
        }
    }
}

/// The signature ids of an indicator whose slot begins at `base`. Only a domain can have a rule for QUIC.
pub(crate) fn sids(indicator: &Indicator, base: u32, quic: bool) -> Vec<u32> {
    Kind::of(indicator, quic).iter().map(|kind| base + kind.place()).collect()
}

/// What the rules of an entry do and say, beside whose traffic they meet.
pub(crate) struct Wording<Head> {
    /// What happens to the traffic: `drop` or `alert`.
    pub(crate) action: &'static str,
    /// What a message begins with, before the indicator.
    pub(crate) title: &'static str,
    /// The option `metadata` of the first rule, which carries everything, from its name to its semicolon.
    pub(crate) head: Head,
    /// The same of the further rules.
    pub(crate) part: &'static str,
}

impl<Head: fmt::Display> Wording<Head> {
    /// The rules of an indicator with these signature ids, the one that carries everything first, each without a line break.
    pub(crate) fn render(&self, indicator: &Indicator, sids: &[u32]) -> Vec<String> {
        let quic = sids.len() == Kind::DOMAIN.len();
        let revision = if quic { WITH_QUIC } else { FIRST };
        let kinds = Kind::of(indicator, quic).iter().zip(sids).enumerate();
        let rule = |(place, (kind, sid)): (usize, (&Kind, &u32))| {
            let Self { action, title, head, part } = self;
            let (traffic, options) = kind.meets(indicator);
            let message = Message { title, indicator };
            let metadata: &dyn fmt::Display = if place == 0 { head } else { part };
            format!("{action} {traffic} (msg:\"{message}\";{options} {metadata} sid:{sid}; rev:{revision};)")
        };
        kinds.map(rule).collect()
    }
}

/// What the firewall's alert log shows. Neither names nor addresses hold a character that a message must escape.
struct Message<'a> {
    title: &'static str,
    indicator: &'a Indicator,
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { title, indicator } = self;
        let text = indicator.to_string();
        match text.get(..SHOWN) {
            Some(start) if text.len() > SHOWN => write!(formatter, "{title} {start}..."),
            _ => write!(formatter, "{title} {text}"),
        }
    }
}

/// Which indicator a rule meets.
///
/// It looks only where the value stands. Whoever asks must render what he has read and find every rule of it in the text:
/// that is what makes it safe to rewrite or remove the lines, since nothing that a person has put there is lost.
pub(crate) fn read_indicator(rule: &str) -> Option<Indicator> {
    let text = match rule.split_once("content:\".") {
        Some((_, name)) => name.split_once('"')?.0,
        None => rule.split_once(" <> ")?.1.split_once(' ')?.0,
    };
    text.parse().ok()
}

/// The signature ids of an entry, from what follows the metadata of its first rule.
pub(crate) fn read_sids(indicator: &Indicator, after: &str) -> Option<Vec<u32>> {
    let (sid, after) = after.strip_prefix(" sid:")?.split_once(';')?;
    let revision: u32 = after.strip_prefix(" rev:")?.split_once(';')?.0.parse().ok()?;
    let quic = revision == WITH_QUIC;
    let first = Kind::of(indicator, quic).first()?;
    let base = sid.parse::<u32>().ok()?.checked_sub(first.place())?;
    base.checked_add(SLOT - 1)?;
    Some(sids(indicator, base, quic))
}
