//! Traffic that met a rule of ours, as the firewall's alert log tells it.
//!
//! ```text
//! batch        what a pipe hands on of the log -> alerts, bounded whatever comes
//!   alert        one record: who spoke to whom, and which rule was met
//!     signatures   the rule's signature id -> the block or the hunt in the texts of our own rule groups
//!       hit          alerts of one rule, one workload, one firewall and one hour together
//!         tally        what a finding counts already, and what of a hit is new to it
//!           finding      what Security Hub is told
//! ```
//!
//! The log repeats what attackers wrote (a name in a handshake, a host in a request), and it comes at least once. So what a
//! finding says of the indicator and of the hunt stands in our own rules, what the log adds is parsed or left out, and what
//! was counted is remembered in the finding itself.

mod alert;
mod batch;
mod fallback;
mod fields;
mod finding;
mod gunzip;
mod hit;
mod signatures;
mod subject;
mod tally;
mod totals;
mod window;
mod workload;

pub use alert::{Action, Alert, Endpoint};
pub use batch::{AlertLog, Delivery, LeftOut, NoAlertLog};
pub use finding::{GENERATOR, HitFinding, TYPE, ThreatIntel};
pub use hit::{Hit, Met, Sightings};
pub use signatures::Signatures;
pub use subject::{Subject, SubjectKind};
pub use tally::{DeliveryRef, Tally};
pub use totals::{HitTotal, totals};
pub use window::Window;
