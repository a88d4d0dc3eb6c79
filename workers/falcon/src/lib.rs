//! A client of CrowdStrike's Falcon cloud, for what the runbooks ask of it.
//!
//! [`Falcon`] is made of [`Credentials`], the [`Cloud`] that they belong to, and a [`Transport`]. It gets tokens when it
//! needs them, finds the cloud that the customer is really in, waits as Falcon asks it to, and repeats what is worth
//! repeating, within its [`Patience`]. What it cannot do comes back as a [`FalconError`], which never holds a secret.
//!
//! A call goes through three layers: `call` (a token, an envelope), `session` (the token and its cloud) and `exchange`
//! (one request, repeated). Each part of Falcon's API is one small file on top, like `alerts`; `pages` reads its lists, and
//! `fql` writes its filters.
//!
//! <https://developer.crowdstrike.com/api-reference/>.

mod alerts;
mod call;
mod ccid;
pub mod clock;
mod cloud;
mod credentials;
mod envelope;
mod error;
mod exchange;
mod fql;
mod hosts;
mod https;
mod installation_token;
mod installers;
mod issued;
mod pages;
mod patience;
mod secret;
mod session;
mod target;
mod token;
mod transport;
mod uninstall_token;
mod update_builds;
mod update_policies;
mod version;

pub use alerts::{Alert, Alerts, Device, DnsRequest, Ioc, NetworkAccess};
pub use call::{Falcon, Setup};
pub use ccid::{Ccid, CcidInvalid};
pub use cloud::{Cloud, CloudUnknown};
pub use credentials::{Credentials, CredentialsUnreadable};
pub use error::FalconError;
pub use hosts::{Host, Hosts};
pub use https::{Https, HttpsUnavailable};
pub use installation_token::InstallationToken;
pub use installers::{Installer, Installers};
pub use issued::{IssuedToken, IssuedTokenUnreadable};
pub use patience::Patience;
pub use target::Target;
pub use transport::{NoAnswer, Sending, Transport};
pub use uninstall_token::{DeviceId, DeviceIdInvalid, UninstallToken};
pub use update_builds::UpdateBuilds;
pub use update_policies::{UpdatePolicies, UpdatePolicy};
pub use version::{Release, ReleaseInvalid, SensorVersion, VersionInvalid};
