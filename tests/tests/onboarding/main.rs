//! A new account is protected before anyone logs in, and one that leaves is let go by somebody who has seen what goes with it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod deputy;
mod events;
mod fifty;
mod leaving;
mod steps;
