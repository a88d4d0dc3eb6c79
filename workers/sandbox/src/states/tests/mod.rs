//! The service as its callers see it: every test speaks through `call`, in paused time.

mod activities;
mod choice;
mod data_flow;
mod driver;
mod error_handling;
mod executions;
mod flow;
mod history;
mod integrations;
mod machines;
mod timeouts;
