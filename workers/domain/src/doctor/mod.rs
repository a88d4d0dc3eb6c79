//! What works and what does not, as `falconer doctor` tells it: each subject's diagnosis, and how to mend it.
//!
//! ```text
//! check        a subject in an account, with its diagnosis
//!   rule_group   the firewall's rule groups: who enforces them, what they have room for, what HOME_NET means to them
//!   account      whether AWS Config, Security Hub, Systems Manager and Falcon stand in an account as the runbooks need it
//! ```

mod account;
mod check;
mod diagnosis;
mod rule_group;

pub use account::{managed, membership, recorder, registration, rule};
pub use check::{Check, Subject};
pub use diagnosis::{Diagnosis, Health};
pub use rule_group::{EnforcingZone, capacity, enforcement, home_net};
