//! The id and the secret of an API client, as Secrets Manager keeps them.

use std::fmt;

use serde_json::{Map, Value};
use thiserror::Error;

use crate::cloud::{Cloud, CloudUnknown};
use crate::secret::Secret;

/// How a member is called: as Falconer writes it, and as CrowdStrike's own Secrets Manager secret does
/// (<https://github.com/CrowdStrike/aws-ssm-distributor>).
type Names = [&'static str; 2];

const CLIENT_ID: Names = ["clientId", "ClientId"];
const CLIENT_SECRET: Names = ["clientSecret", "ClientSecret"];
const CLOUD: Names = ["cloud", "Cloud"];

/// An API client of Falcon, and the cloud that was written down with it, if one was.
#[derive(Clone)]
pub struct Credentials {
    client_id: String,
    client_secret: Secret,
    cloud: Option<Cloud>,
}

/// A secret that does not hold an API client. Nothing of its text is shown, not even the names of its members: somebody may
/// have put a value where a name belongs.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CredentialsUnreadable {
    /// It is something else altogether.
    #[error(r#"the secret is not a JSON object. Write {{"clientId": "…", "clientSecret": "…", "cloud": "us-1"}}"#)]
    NotAnObject,
    /// A member is missing, empty, or no text.
    #[error("the secret has no text in its member {0}")]
    Missing(&'static str),
    /// There are other members than those that are known.
    #[error("the secret has {0} member(s) beside clientId, clientSecret and cloud. Take them out")]
    Unknown(usize),
    /// `cloud` is none.
    #[error("the secret's member cloud {0}")]
    Cloud(CloudUnknown),
}

impl Credentials {
    /// Reads `{"clientId": "…", "clientSecret": "…", "cloud": "us-1"}`. `cloud` may be a name, a URL or a host; it may be
    /// empty or left out. The names may begin with capitals, as in the secret of CrowdStrike's Distributor package.
    ///
    /// # Errors
    /// [`CredentialsUnreadable`].
    pub fn from_json(text: &str) -> Result<Self, CredentialsUnreadable> {
        let mut members = match serde_json::from_str(text) {
            Ok(Value::Object(members)) => members,
            _ => return Err(CredentialsUnreadable::NotAnObject),
        };
        let client_id = required(&mut members, CLIENT_ID)?;
        let client_secret = Secret::new(required(&mut members, CLIENT_SECRET)?);
        let cloud = match taken(&mut members, CLOUD) {
            None => None,
            Some(Value::String(text)) if text.trim().is_empty() => None,
            Some(Value::String(text)) => Some(text.parse().map_err(CredentialsUnreadable::Cloud)?),
            Some(_) => return Err(CredentialsUnreadable::Missing(CLOUD[0])),
        };
        if members.is_empty() {
            Ok(Self { client_id, client_secret, cloud })
        } else {
            Err(CredentialsUnreadable::Unknown(members.len()))
        }
    }

    /// The cloud that was written down with the secret.
    #[must_use]
    pub fn cloud(&self) -> Option<&Cloud> {
        self.cloud.as_ref()
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.client_id
    }

    pub(crate) fn client_secret(&self) -> &Secret {
        &self.client_secret
    }
}

fn required(members: &mut Map<String, Value>, names: Names) -> Result<String, CredentialsUnreadable> {
    let value = taken(members, names);
    let text = value.as_ref().and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or(CredentialsUnreadable::Missing(names[0]))
}

/// The member under the first of its names that is there; one under the other name stays, and is one too many.
fn taken(members: &mut Map<String, Value>, names: Names) -> Option<Value> {
    names.into_iter().find_map(|name| members.shift_remove(name))
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Credentials").field("cloud", &self.cloud).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANTED: &str = "pl4nted";

    #[test]
    fn both_ways_to_write_an_api_client_are_read() {
        for text in [
            r#"{"clientId": "id", "clientSecret": "secret", "cloud": "us-2"}"#,
            r#"{"ClientId": "id", "ClientSecret": "secret\n", "Cloud": "https://api.us-2.crowdstrike.com/"}"#,
        ] {
            let read = Credentials::from_json(text).unwrap();
            assert_eq!((read.client_id(), read.client_secret().expose()), ("id", "secret"));
            assert_eq!(read.cloud().unwrap().base_url(), "https://api.us-2.crowdstrike.com");
        }
    }

    #[test]
    fn a_cloud_may_be_empty_or_left_out() {
        for cloud in ["", r#", "cloud": """#] {
            let text = format!(r#"{{"clientId": "id", "clientSecret": "secret"{cloud}}}"#);
            assert_eq!(Credentials::from_json(&text).unwrap().cloud(), None);
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_a_word_of_the_secret() {
        for (text, expected) in [
            (PLANTED.to_owned(), CredentialsUnreadable::NotAnObject),
            (format!(r#"["{PLANTED}"]"#), CredentialsUnreadable::NotAnObject),
            (format!(r#"{{"clientId": "{PLANTED}"}}"#), CredentialsUnreadable::Missing("clientSecret")),
            (format!(r#"{{"clientSecret": "{PLANTED}"}}"#), CredentialsUnreadable::Missing("clientId")),
            (
                format!(r#"{{"clientId": " ", "clientSecret": "{PLANTED}"}}"#),
                CredentialsUnreadable::Missing("clientId"),
            ),
            (
                format!(r#"{{"clientId": "{PLANTED}", "clientSecret": 7}}"#),
                CredentialsUnreadable::Missing("clientSecret"),
            ),
            (
                format!(r#"{{"clientId": "i", "clientSecret": "{PLANTED}", "{PLANTED}": 1}}"#),
                CredentialsUnreadable::Unknown(1),
            ),
            (
                format!(r#"{{"clientId": "i", "ClientId": "i", "clientSecret": "{PLANTED}"}}"#),
                CredentialsUnreadable::Unknown(1),
            ),
            (
                format!(r#"{{"clientId": "i", "clientSecret": "s", "cloud": "{PLANTED}"}}"#),
                CredentialsUnreadable::Cloud(CloudUnknown),
            ),
        ] {
            let refused = Credentials::from_json(&text).unwrap_err();
            assert_eq!(refused, expected, "{text}");
            assert!(!format!("{refused} {refused:?}").contains(PLANTED), "{refused}");
        }
    }
}
