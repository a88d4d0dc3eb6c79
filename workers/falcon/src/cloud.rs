//! Where a customer's Falcon is.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::header::LOCATION;
use http::{HeaderMap, Uri};
use thiserror::Error;

/// Name, host, and whether it is one of the commercial clouds, which know of each other's customers.
/// <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/cloud.go>.
const CLOUDS: [(&str, &str, bool); 5] = [
    ("us-1", "api.crowdstrike.com", true),
    ("us-2", "api.us-2.crowdstrike.com", true),
    ("eu-1", "api.eu-1.crowdstrike.com", true),
    ("us-gov-1", "api.laggar.gcw.crowdstrike.com", false),
    ("us-gov-2", "api.us-gov-2.crowdstrike.mil", false),
];

/// The header in which an answer names its cloud.
const REGION: &str = "x-cs-region";

/// A cloud, by the URL in front of its API's paths. The default is us-1, which sends every commercial customer on to the
/// cloud that is theirs.
#[derive(Clone, PartialEq, Eq)]
pub struct Cloud {
    /// Without a slash at the end.
    base: String,
}

/// A text that names no cloud. It is not quoted: it may have come out of a secret.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "is neither us-1, us-2, eu-1, us-gov-1 or us-gov-2 nor the https URL or the host of an API (http is for loopback addresses only)"
)]
pub struct CloudUnknown;

/// What an answer of the token endpoint says about the cloud that was asked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It is the customer's.
    Here,
    /// The customer is in another one.
    To(Cloud),
    /// A redirect to a place that must not learn the secret.
    Astray,
}

impl Cloud {
    /// The URL in front of the API's paths, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// Where an answer of the token endpoint sends its client. Only commercial clouds send to one another, and only by
    /// hosts that are known: whoever else answers with a redirect would get the client's secret.
    pub(crate) fn sent(&self, redirect: bool, headers: &HeaderMap) -> Sent {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let named = if redirect { text(LOCATION.as_str()).and_then(host) } else { None };
        let named = named.map(|host| Self::at(&host)).or_else(|| text(REGION).and_then(Self::named));
        match named.filter(|named| named != self && self.trusts(named)) {
            Some(cloud) => Sent::To(cloud),
            None if redirect => Sent::Astray,
            None => Sent::Here,
        }
    }

    /// Whether what is meant for this cloud may be sent to the other one: it is the same, or both are commercial.
    pub(crate) fn trusts(&self, other: &Self) -> bool {
        self == other || (self.is_commercial() && other.is_commercial())
    }

    /// Whether a URL that the cloud names is one of its own: at its own host, or, of CrowdStrike's clouds, under the same domain,
    /// as `firehose.us-2.crowdstrike.com` is beside `api.us-2.crowdstrike.com`. What is secret goes nowhere else.
    pub(crate) fn owns(&self, url: &str) -> bool {
        let origin = |url: &str| {
            let url: Uri = url.parse().ok()?;
            Some((url.scheme().cloned()?, url.authority().cloned()?))
        };
        let domain =
            CLOUDS.iter().find(|(_, host, _)| *self == Self::at(host)).map(|(_, host, _)| host.strip_prefix("api"));
        match (origin(&self.base), origin(url)) {
            (Some(own), Some(other)) if own == other => true,
            _ => domain.flatten().is_some_and(|domain| host(url).is_some_and(|host| host.ends_with(domain))),
        }
    }

    fn is_commercial(&self) -> bool {
        CLOUDS.iter().any(|(_, host, commercial)| *commercial && *self == Self::at(host))
    }

    fn named(name: &str) -> Option<Self> {
        let cloud = CLOUDS.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(name));
        cloud.map(|(_, host, _)| Self::at(host))
    }

    fn at(host: &str) -> Self {
        Self { base: format!("https://{host}") }
    }
}

/// The host of an absolute https URL with no port of its own.
fn host(url: &str) -> Option<String> {
    let url: Uri = url.parse().ok()?;
    let authority = url.authority().filter(|_| url.scheme_str() == Some("https"))?;
    (authority.as_str() == authority.host()).then(|| authority.host().to_ascii_lowercase())
}

impl Default for Cloud {
    fn default() -> Self {
        let (_, host, _) = CLOUDS[0];
        Self::at(host)
    }
}

/// A name as in `us-2`, a URL, or a host: CrowdStrike's own integrations know all three.
impl FromStr for Cloud {
    type Err = CloudUnknown;

    fn from_str(text: &str) -> Result<Self, CloudUnknown> {
        let text = text.trim().trim_end_matches('/');
        if let Some(cloud) = Self::named(text) {
            return Ok(cloud);
        }
        let url = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url: Uri = url.parse().map_err(|_| CloudUnknown)?;
        let (Some(scheme), Some(authority)) = (url.scheme_str(), url.authority()) else {
            return Err(CloudUnknown);
        };
        let host = authority.host().to_ascii_lowercase();
        let safe = match scheme {
            "https" => host.contains('.') || is_loopback(&host),
            "http" => is_loopback(&host),
            _ => false,
        };
        if !safe || authority.as_str().contains('@') || url.query().is_some() {
            return Err(CloudUnknown);
        }
        let port = authority.port().map(|port| format!(":{port}")).unwrap_or_default();
        let path = url.path().trim_end_matches('/');
        Ok(Self { base: format!("{scheme}://{host}{port}{path}") })
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for Cloud {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.base)
    }
}

impl fmt::Debug for Cloud {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Cloud({})", self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(text: &str) -> Cloud {
        text.parse().unwrap()
    }

    fn sent(from: &str, redirect: bool, header: &'static str, value: &str) -> Sent {
        let mut headers = HeaderMap::new();
        headers.insert(header, value.parse().unwrap());
        cloud(from).sent(redirect, &headers)
    }

    #[test]
    fn a_cloud_is_named_by_its_name_its_url_or_its_host() {
        for text in [
            "us-2",
            " US-2\n",
            "api.us-2.crowdstrike.com",
            "https://api.us-2.crowdstrike.com",
            "https://API.us-2.crowdstrike.com/",
        ] {
            assert_eq!(cloud(text).base_url(), "https://api.us-2.crowdstrike.com", "{text}");
        }
        for text in ["http://127.0.0.1:4599/falcon/", "http://[::1]:4599/falcon", "http://localhost/falcon"] {
            assert_eq!(cloud(text).base_url(), text.trim_end_matches('/'));
        }
        assert_eq!(Cloud::default(), cloud("us-1"));
    }

    #[test]
    fn a_text_that_names_no_cloud_is_refused() {
        for text in [
            "",
            "us-9",
            "http://api.crowdstrike.com",
            "http://127.0.0.1.evil.example",
            "ftp://api.crowdstrike.com",
            "https://user:word@api.crowdstrike.com",
            "https://api.crowdstrike.com?x=1",
            "https://",
            "not a host",
        ] {
            assert_eq!(text.parse::<Cloud>(), Err(CloudUnknown), "{text}");
        }
    }

    #[test]
    fn commercial_clouds_send_to_one_another_by_redirect_or_by_name() {
        for (header, value) in [
            ("location", "https://api.us-2.crowdstrike.com/oauth2/token"),
            ("location", "https://API.US-2.crowdstrike.com/oauth2/token?a=b"),
            ("x-cs-region", "us-2"),
        ] {
            assert_eq!(sent("us-1", true, header, value), Sent::To(cloud("us-2")), "{value}");
        }
        assert_eq!(sent("us-1", false, "x-cs-region", "eu-1"), Sent::To(cloud("eu-1")));
        assert_eq!(sent("us-1", false, "x-cs-region", "us-1"), Sent::Here);
        assert_eq!(sent("us-1", false, "x-cs-region", "us-9"), Sent::Here);
    }

    #[test]
    fn nobody_is_sent_to_a_place_that_is_not_known() {
        for location in [
            "https://evil.example/oauth2/token",
            "https://api.us-2.crowdstrike.com.evil.example/oauth2/token",
            "https://api.us-2.crowdstrike.com@evil.example/oauth2/token",
            "https://api.us-2.crowdstrike.com:8443/oauth2/token",
            "http://api.us-2.crowdstrike.com/oauth2/token",
            "https://api.laggar.gcw.crowdstrike.com/oauth2/token",
            "https://api.crowdstrike.com/oauth2/token",
            "/oauth2/token",
        ] {
            assert_eq!(sent("us-1", true, "location", location), Sent::Astray, "{location}");
        }
    }

    #[test]
    fn a_cloud_owns_what_is_under_its_domain_and_nothing_else() {
        for (of, url, owned) in [
            ("us-1", "https://firehose.crowdstrike.com/sensors/entities/datafeed/v1/0?appId=a", true),
            ("us-2", "https://firehose.us-2.crowdstrike.com/sensors", true),
            ("us-2", "https://FIREHOSE.us-2.crowdstrike.com", true),
            ("us-gov-1", "https://firehose.laggar.gcw.crowdstrike.com/", true),
            ("us-gov-2", "https://firehose.us-gov-2.crowdstrike.mil/", true),
            ("http://127.0.0.1:4599/falcon", "http://127.0.0.1:4599/falcon/sensors", true),
            ("https://proxy.example", "https://proxy.example/sensors", true),
            ("us-2", "http://firehose.us-2.crowdstrike.com/", false),
            ("us-2", "https://firehose.us-2.crowdstrike.com:8443/", false),
            ("us-2", "https://firehose.us-2.crowdstrike.com@evil.example/", false),
            ("us-2", "https://evil@firehose.us-2.crowdstrike.com/", false),
            ("us-2", "https://firehose.us-2.crowdstrike.com.evil.example/", false),
            ("us-2", "https://evilus-2.crowdstrike.com/", false),
            ("us-2", "https://firehose.eu-1.crowdstrike.com/", false),
            ("https://proxy.example", "https://firehose.crowdstrike.com/", false),
            ("https://proxy.example", "https://firehose.proxy.example/", false),
            ("https://proxy.example", "http://proxy.example/", false),
            ("http://127.0.0.1:4599/falcon", "http://127.0.0.1:4600/falcon/sensors", false),
            ("us-1", "/sensors/entities", false),
            ("us-1", "", false),
        ] {
            assert_eq!(cloud(of).owns(url), owned, "{of} {url}");
        }
    }

    #[test]
    fn a_cloud_that_was_given_by_a_url_of_its_own_or_is_a_governments_is_never_left() {
        for from in ["us-gov-1", "http://127.0.0.1:4599/falcon", "https://proxy.example"] {
            assert_eq!(sent(from, false, "x-cs-region", "us-2"), Sent::Here, "{from}");
            assert_eq!(sent(from, true, "location", "https://api.us-2.crowdstrike.com/"), Sent::Astray, "{from}");
        }
    }
}
