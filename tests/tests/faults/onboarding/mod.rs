//! `onboard-account`: each fault at each of its calls, while an account is protected and while one is let go.
//!
//! Whatever the fault, a step that fails costs no other: what can be done is done, and once. The execution then fails with the
//! step's error, which people are told, and the next run brings what is missing.

mod leaving;
mod protecting;
mod runbook;
mod standing;
mod story;
