//! Why a call did not bring what it was for.

use jiff::Timestamp;
use thiserror::Error;

use crate::app_id::AppId;

/// A call that did not go through, after the client's own repeats. Falcon's words are quoted without secrets, tokens and
/// control characters, and cut when they are long.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FalconError {
    /// No answer, a fault of the service, or no time left. Transient.
    #[error("Falcon did not carry out {call}: {reason}. It is worth repeating")]
    Unavailable {
        /// Method and path.
        call: &'static str,
        /// What came back.
        reason: String,
    },
    /// More requests than the customer may make, for longer than the client waits. Transient.
    #[error("Falcon takes no more requests for now, so {call} was not done{}. It is worth repeating", after(*.until))]
    RateLimited {
        /// Method and path.
        call: &'static str,
        /// When Falcon takes requests again, if it said so.
        until: Option<Timestamp>,
    },
    /// The credentials, their scopes, or the worker's address.
    #[error("Falcon does not allow {call}: {reason}. {remedy}")]
    AccessDenied {
        /// Method and path.
        call: &'static str,
        /// Falcon's own words.
        reason: String,
        /// What to do in the Falcon console.
        remedy: String,
    },
    /// Falcon understood and refused.
    #[error("Falcon refused {call} with {status}: {reason}")]
    Rejected {
        /// Method and path.
        call: &'static str,
        /// HTTP status, or the code of an error within a success.
        status: u16,
        /// Falcon's own words.
        reason: String,
    },
    /// The customer demands installation tokens, and none of them is valid.
    #[error(
        "Falcon demands an installation token and has none that is valid. Create one in the Falcon console (Host setup and \
         management > Installation tokens), or demand none"
    )]
    NoInstallationToken,
    /// There is no event stream to read. Transient: Falcon keeps an appId for some time after its reader has gone
    /// (<https://github.com/CrowdStrike/gofalcon/issues/363>).
    #[error(
        "Falcon gives no event stream for the appId {app}: another reader holds it (each needs an appId of its own, and one \
         that has stopped holds it for some time more), or Event Streams are not enabled for this customer (ask \
         CrowdStrike's support for them)"
    )]
    NoEventStreams {
        /// The appId that was asked for.
        app: AppId,
    },
    /// The session of an event stream is over: its token is not taken any more. New streams, with new tokens, come of
    /// [`Falcon::event_streams`](crate::Falcon::event_streams).
    #[error(
        "the session of the event stream's partition {partition} has ended: {reason}. Ask for the event streams anew"
    )]
    SessionEnded {
        /// The partition.
        partition: u32,
        /// Falcon's own words.
        reason: String,
    },
    /// An answer that is not what Falcon answers: a proxy's page, or a redirect to an unknown host.
    #[error(
        "what came back for {call} is no answer of Falcon: {problem}. Check the cloud's URL, and proxies on the way"
    )]
    Malformed {
        /// Method and path.
        call: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

impl FalconError {
    /// Whether the same call may go through later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::RateLimited { .. } | Self::NoEventStreams { .. })
    }
}

fn after(until: Option<Timestamp>) -> String {
    until.map(|until| format!(" (until {until})")).unwrap_or_default()
}
