#![doc = include_str!("../README.md")]
//!
//! # Where to read on
//!
//! | to learn | read |
//! |---|---|
//! | what an activity declares | [`Activity`], [`ActivityError`], [`Contract`] |
//! | what may be set | [`WorkerConfig`] |
//! | how it stops | [`Shutdown`] |
//! | how it can be watched | [`Health`], [`serve_health`], [`Worker::metrics_to`], [`is_safe_to_log`] |

mod actions;
mod activity;
mod backoff;
mod client;
mod config;
mod context;
mod contract;
mod errors;
mod lane;
mod limits;
mod polling;
mod service;
mod shutdown;
mod task;
mod telemetry;
mod worker;

pub use actions::Actions;
pub use activity::Activity;
pub use backoff::Pauses;
pub use client::for_polling;
pub use config::WorkerConfig;
pub use context::TaskContext;
pub use contract::{Contract, ContractProblem};
pub use errors::{ActivityError, Class, ErrorName, INPUT_INVALID, RUNTIME_ERRORS};
pub use shutdown::{Shutdown, shutdown_on_signals};
pub use task::at_work::activity_at_work;
pub use telemetry::{
    emf::MetricLines,
    health::{Health, HealthServer, Supervised, serve_health},
    logging::is_safe_to_log,
};
pub use worker::{Drained, RegisterError, RunError, Worker};
