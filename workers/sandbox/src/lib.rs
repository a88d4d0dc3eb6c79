//! The AWS services that Falconer's runbooks touch, on the wire, with state, faults and a clock.

pub mod clock;
mod wire;
