//! The one step of the runbook `refresh-hunt-list`, and what it reads of Falcon.

mod intelligence;
mod refresh_hunts;
mod report;

pub use self::intelligence::IntelError;
pub use self::refresh_hunts::{RefreshError, RefreshHunts};
pub use self::report::{HuntRefresh, RefreshedHunt};
