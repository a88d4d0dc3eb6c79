//! `falconer gateway`: what Falcon detects, as findings of Security Hub, each at least once.
//!
//! ```text
//! service       begins, and stops in order
//!   sessions      finds the partitions of the event stream, and begins anew when their session ends
//!     partition     reads one of them from where it was left, and reconnects
//!       mapping       an event, what Falcon knows of its host, the filters, the finding
//!         publish       the findings of one account and region: batches, refusals, rates
//!           progress      which events are settled, and up to where all of them are
//!             commit        that number, every few seconds
//!               offsets       where the next start finds it
//! ```
//!
//! An event is settled when Security Hub has taken its finding, when a filter has left it out, or when it stands among the
//! dead letters. Only what lies below the first event that is not settled is committed, so that a gateway that dies reads again
//! what it cannot be sure of. A finding is known by its id: to publish it again changes nothing.
//!
//! No queue grows: a fixed number of events is under way at a time, and whoever reads the stream waits for a free place.

mod commit;
mod config;
mod dead_letters;
mod hosts;
mod mapping;
mod metrics;
mod offsets;
mod outgoing;
mod partition;
mod partitions;
mod progress;
mod publish;
mod service;
mod sessions;

pub use config::{GatewayConfig, GatewayConfigProblem, GatewayRules, OffsetPlace, PublishInto, read_from};
pub use dead_letters::{DeadLetter, DeadLetters, DeadLettersError};
pub use metrics::Readiness;
pub use offsets::{OffsetStore, OffsetsError};
pub use service::{Gateway, GatewayError, Setup};
