//! A client of CrowdStrike's Falcon cloud, for what the runbooks ask of it.
//!
//! [`Falcon`] is made of [`Credentials`], the [`Cloud`] that they belong to, and a [`Transport`]. It gets tokens when it
//! needs them, finds the cloud that the customer is really in, waits as Falcon asks it to, and repeats what is worth
//! repeating, within its [`Patience`]. What it cannot do comes back as a [`FalconError`], which never holds a secret.
//!
//! A call goes through three layers: `call` (a token, an envelope), `session` (the token and its cloud) and `exchange`
//! (one request, repeated). Each part of Falcon's API is one small file on top, like `alerts`.
//!
//! <https://developer.crowdstrike.com/api-reference/>.

mod alerts;
mod call;
pub mod clock;
mod cloud;
mod credentials;
mod envelope;
mod error;
mod exchange;
mod https;
mod patience;
mod secret;
mod session;
mod token;
mod transport;

pub use alerts::{Alert, Alerts, Device, DnsRequest, Ioc, NetworkAccess};
pub use call::{Falcon, Setup};
pub use cloud::{Cloud, CloudUnknown};
pub use credentials::{Credentials, CredentialsUnreadable};
pub use error::FalconError;
pub use https::{Https, HttpsUnavailable};
pub use patience::Patience;
pub use transport::{NoAnswer, Sending, Transport};
