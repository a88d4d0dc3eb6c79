//! The hunt rule group: what Falcon Intelligence knows of, watched for and never blocked.
//!
//! ```text
//! request        the input of an execution -> which of the configured hunts are refreshed
//!   intelligence   one record of Falcon Intelligence -> an indicator that the guard admits, or why it is left out
//!     ranked         the records of one hunt -> its list, the most certain and the newest first
//!       merge          the lists of some hunts -> the text of the hunt rule group, in which several hunts share the room
//!         group          and back: which indicator, which hunts, which actor stand behind a signature id
//! ```
//!
//! A hunt is a named FQL filter. Its rules report traffic and let it pass. What stands in the group is the only record of what
//! is hunted, as the block rule groups are of what is blocked: each indicator's first rule carries in its metadata whose it is.

mod confidence;
mod config;
mod details;
mod group;
mod intelligence;
mod label;
mod merge;
mod name;
mod ranked;
mod report;
mod request;
mod rule;
mod share;

pub use confidence::Confidence;
pub use config::{Hunt, HuntConfig, HuntConfigProblem, HuntListConfig, Hunts};
pub use details::Details;
pub use group::{HuntGroup, Hunted};
pub use intelligence::{IntelRecord, Skipped};
pub use label::Label;
pub use merge::{HuntChange, HuntRules, MergedHunts, merge};
pub use name::{HuntName, HuntNameError};
pub use ranked::{HuntList, Ranked};
pub use report::HuntReport;
pub use request::HuntRequest;
pub(crate) use rule::{TITLE, read_hunts};
