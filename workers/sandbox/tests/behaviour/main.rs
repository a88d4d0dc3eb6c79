//! What the sandbox does on the wire: raw HTTP requests, in process, in virtual time.

#![expect(clippy::unwrap_used, reason = "clippy allows it in tests, and does not see that these helpers are of tests")]

mod accounts;
mod associations;
mod automation;
mod aws;
mod commands;
mod config_queries;
mod config_recorders;
mod config_rules;
mod events;
mod falcon;
mod falcon_hosts;
mod falcon_indicators;
mod falcon_registrations;
mod falcon_sensors;
mod falcon_stream_control;
mod falcon_stream_served;
mod falcon_streams;
mod faults;
mod fleet;
mod installs;
mod inventory;
mod managed;
mod network_firewall;
mod nodes;
mod notifications;
mod ocsf_findings;
mod parameters;
mod pipes;
mod reader;
mod schedules;
mod secrets;
mod security_hub;
mod security_hub_members;
mod serve;
mod wire;
