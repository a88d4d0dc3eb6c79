//! API clients, and what each of them may do.
//!
//! The scopes are called as the Falcon console and CrowdStrike's own client call them
//! (<https://github.com/CrowdStrike/psfalcon/wiki/Commands-and-Permissions>).

/// Who may ask for tokens.
#[derive(Clone, Debug)]
pub(crate) struct ApiClient {
    pub(crate) id: &'static str,
    pub(crate) secret: &'static str,
    pub(crate) scopes: &'static [Scope],
}

/// A permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    AlertsRead,
    CloudRegistrationRead,
    CloudRegistrationWrite,
    CspmRegistrationRead,
    CspmRegistrationWrite,
    EventStreamsRead,
    HostsRead,
    IndicatorsRead,
    InstallationTokensRead,
    SensorDownloadRead,
    UpdatePoliciesRead,
    UpdatePoliciesWrite,
}
