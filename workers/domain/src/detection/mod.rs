#![doc = include_str!("README.md")]

mod event;
mod fields;
mod filter;
mod finding;
mod home;
mod host;
mod indicators;
mod kind;
mod limits;
mod loose;
mod members;
mod mended;
mod moment;
mod network;
mod python;
mod resource;
mod severity;

pub use event::{Event, EventUnreadable};
pub use filter::{Filter, FilterConfig, FilterConfigProblem, LeftOut};
pub use finding::{DetectionFinding, finding};
pub use home::home;
pub use host::{Cloud, Host};
pub use kind::Kind;
pub use mended::mended;
