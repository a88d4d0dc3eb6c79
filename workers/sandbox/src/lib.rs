//! The AWS services that Falconer's runbooks touch, and the Falcon cloud, on the wire, with state, faults and a clock.
//!
//! A [`Sandbox`] holds a small organization and answers HTTP requests as AWS does: Step Functions, Network Firewall,
//! Security Hub, EventBridge, Systems Manager, Secrets Manager, AWS Config, SNS and STS; and under `/falcon` as the Falcon cloud. It is
//! reached in process through [`Sandbox::handle`] (and [`Sandbox::open`] for event streams), without sockets, so that tokio's paused clock works and an hour passes
//! in a millisecond; or on a port through [`Sandbox::serve`], for the AWS CLI and every SDK.
//!
//! A request comes in at `front`, which reads signature and protocol and asks `faults` what shall go wrong; `services`
//! hands it to the service. Findings go from `security_hub` to `events`, which starts executions in `states` by way of
//! `delivery`; lines of the firewall's alert log go there through `pipes`. What AWS itself or a person at the console does enters at `control`, under `/sandbox`.
//!
//! Nothing here depends on the rest of Falconer, so that a misunderstanding cannot cancel itself out.

mod accounts;
mod calls;
pub mod clock;
mod config;
mod constraints;
mod control;
mod delivery;
mod deployment;
mod events;
mod falcon;
mod faults;
mod fleet;
mod front;
mod identifiers;
mod management;
mod network_firewall;
mod organization;
mod paging;
mod permissions;
mod pipes;
mod random;
mod sandbox;
mod scenario;
mod schedule;
mod secrets_manager;
mod security_hub;
mod seed;
mod service;
mod services;
mod sns;
mod states;
mod sts;
mod systems_manager;
mod wire;

pub use deployment::{Activity, DeployError, Deployed, Deployment, Pipe, StateMachine, Trigger, When};
pub use faults::{Fault, FaultRefused};
pub use fleet::{Agent, CommandFate, Health, Instance, Platform, Sensor, State};
pub use front::{Body, ConnectionCut, Served};
pub use network_firewall::Flow;
pub use sandbox::{Sandbox, SandboxOptions};
pub use scenario::{Scenario, ScenarioError};
