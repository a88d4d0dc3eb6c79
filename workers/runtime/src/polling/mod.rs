//! Fetching tasks: a slot first, then a poll, and as many pollers as the work that arrives deserves.

pub(crate) mod poll_loop;
pub(crate) mod poll_record;
pub(crate) mod pollers;
pub(crate) mod slots;
