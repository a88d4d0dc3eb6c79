//! The runbooks of the fleet: each fault at each call of `check-compliance` and `install-sensor`.
//!
//! A part that fails costs no other, and so most faults end neither as meant nor with a failed execution: what could be done is
//! done, and the output and a notification name what could not. Nobody is told of an instance what is not so, no instance is
//! lost or told of twice, and when the runbook is over nothing that Falcon gave for an install is good any more.

mod check_compliance;
mod falcon_in_the_middle;
mod install_sensor;
mod runbook;
mod standing;
mod story;
pub(crate) mod table;
