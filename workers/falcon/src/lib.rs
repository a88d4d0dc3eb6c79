//! A client of CrowdStrike's Falcon cloud, for what the runbooks ask of it.
//!
//! [`Falcon`] is made of [`Credentials`], the [`Cloud`] that they belong to, and a [`Transport`]. It gets tokens when it
//! needs them, finds the cloud that the customer is really in, waits as Falcon asks it to, and repeats what is worth
//! repeating, within its [`Patience`]. What it cannot do comes back as a [`FalconError`], which never holds a secret.
//!
//! A call goes through three layers: `call` (a token, an envelope), `session` (the token and its cloud) and `exchange`
//! (one request, repeated). Each part of Falcon's API is one small file on top, like `alerts`; `pages` reads its lists, and
//! `fql` writes its filters. Events come without end: `event_streams` says where from, and `feed` cuts them into lines.
//!
//! <https://developer.crowdstrike.com/api-reference/>.

mod alerts;
mod app_id;
mod call;
mod ccid;
pub mod clock;
mod cloud;
mod credentials;
mod device_id;
mod envelope;
mod error;
mod event_streams;
mod exchange;
mod feed;
mod fql;
mod host_details;
mod hosts;
mod https;
mod installation_token;
mod installers;
mod intel;
mod issued;
mod lines;
mod pages;
mod patience;
mod registration;
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
pub use app_id::{AppId, AppIdInvalid};
pub use call::{Falcon, Setup};
pub use ccid::{Ccid, CcidInvalid};
pub use cloud::{Cloud, CloudUnknown};
pub use credentials::{Credentials, CredentialsUnreadable};
pub use device_id::{DeviceId, DeviceIdInvalid};
pub use error::FalconError;
pub use event_streams::EventStream;
pub use feed::{Feed, FeedError, ReadFrom};
pub use host_details::{DetailedHosts, HostDetails};
pub use hosts::{Host, Hosts};
pub use https::{Https, HttpsUnavailable};
pub use installation_token::InstallationToken;
pub use installers::{Installer, Installers};
pub use intel::{IntelIndicator, IntelPage, IntelPages};
pub use issued::{IssuedToken, IssuedTokenUnreadable};
pub use patience::Patience;
pub use registration::{ExternalId, NewRegistration, Product, Registered, Registration, RegistrationApi};
pub use target::Target;
pub use transport::{NextPiece, NoAnswer, Opening, Pieces, Sending, Transport};
pub use uninstall_token::UninstallToken;
pub use update_builds::UpdateBuilds;
pub use update_policies::{UpdatePolicies, UpdatePolicy};
pub use version::{Release, ReleaseInvalid, SensorVersion, VersionInvalid};
