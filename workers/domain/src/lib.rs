//! What Falconer decides, with nothing that it does: no I/O, no clock, no AWS.
//!
//! There is one way from a finding to a rule, and the modules stand along it:
//!
//! ```text
//! request     the input of an execution: an event of Security Hub, or what a person wrote
//!   finding     the part of a finding that Falconer reads
//!   policy      whether a finding acts by itself, waits for a person, or is past
//!   extract     where a finding says which domain or address is bad
//!     indicator   one domain or network, parsed, never hostile text
//!       guard       what must never be blocked; only what passes is `Admitted`
//!         block       an admitted indicator with its term, its cause and its mode
//!           ledger      the block rule group's text: blocks merged in, expired ones out
//!             note        what the finding is told of it
//! ```
//!
//! And one from an instance to a sensor that reports:
//!
//! ```text
//! fleet       what is known of an instance, and the verdict: does it run a healthy Falcon sensor?
//!   install     which instances get a sensor, with which command, and what became of each
//! ```
//!
//! And one from an account that is new to one that is protected:
//!
//! ```text
//! onboarding  what asks for it, what is done in the account and in Falcon, and what became of each step
//! ```
//!
//! And what is to be mended before any of it works:
//!
//! ```text
//! doctor      what is said of each subject in each account, and how to mend it
//! ```
//!
//! And one from what Falcon says to a finding:
//!
//! ```text
//! detection   an event of Falcon's stream, whether it passes, and the finding that Security Hub gets
//! ```
//!
//! And one from what Falcon Intelligence knows to the traffic that meets it:
//!
//! ```text
//! hunt        records of a named filter, guarded and ranked, to the text of the hunt rule group
//!   hits        the firewall's alert log, joined to blocks and hunts, counted, and what Security Hub is told
//! ```
//!
//! Three promises hold on the whole way. A rule cannot be made without the guard, because [`block::Block`] and
//! [`hunt::Ranked`] take only [`guard::Admitted`]. Text of a finding cannot become rule syntax, because a rule is rendered from an
//! [`indicator::Indicator`] and never from text. And every function here gives the same answer to the same arguments:
//! the time is an argument.

pub mod block;
pub mod detection;
pub mod doctor;
pub mod extract;
pub mod finding;
pub mod fleet;
pub mod guard;
pub mod hits;
pub mod hunt;
pub mod indicator;
pub mod install;
pub mod ledger;
pub mod note;
pub mod onboarding;
pub mod place;
pub mod policy;
pub mod request;
pub mod rule_group;
