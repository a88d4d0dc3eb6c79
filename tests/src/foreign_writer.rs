//! Somebody else's tool, which changes the block rule group as often as it can.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_networkfirewall::Client;
use aws_sdk_networkfirewall::config::Builder;
use aws_sdk_networkfirewall::config::retry::RetryConfig;
use tokio::time::Instant;

use crate::house::BLOCK_GROUP;
use crate::token_protocol::{Try, try_to_rewrite};

/// Its own line, of the kind that people write.
const LINE: &str = "pass tcp $HOME_NET any -> 192.0.2.10 443 (msg:\"change 4711\"; flow:to_server; sid:4711; rev:1;)\n";
/// How often it wants to change the group.
const PACE: Duration = Duration::from_secs(1);
/// A change that comes too late is tried again after none to four of these pauses: calls that all take as long would else
/// keep meeting the same others in the same order.
const PAUSE: Duration = Duration::from_millis(70);
const PAUSES: u32 = 5;

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Changes that went through for certain.
    pub written: u64,
    /// How often such a change was gone when it looked again.
    pub undone: u64,
}

/// Puts its line before all others and takes it out again, by turns, one change a second, until `enough` says so of the
/// rules that it has read; then the line is out. A change that does not go through is tried again soon.
pub async fn keep_changing(sdk: &SdkConfig, enough: impl Fn(&str) -> bool) -> Changes {
    let client = Client::from_conf(Builder::from(sdk).retry_config(RetryConfig::disabled()).build());
    let mut changes = Changes::default();
    // What stands there unless somebody has interfered; nobody knows when an answer was lost.
    let mut expected = Some(false);
    let mut due = Instant::now() + PACE;
    for tries in 0.. {
        tokio::time::sleep_until(due).await;
        tokio::time::sleep(PAUSE * (tries % PAUSES)).await;
        let (mut stands, mut is_enough) = (false, false);
        let tried = try_to_rewrite(&client, BLOCK_GROUP, |text| {
            (stands, is_enough) = (text.starts_with(LINE), enough(text));
            match text.strip_prefix(LINE) {
                Some(others) => others.to_owned(),
                None if is_enough => text.to_owned(),
                None => format!("{LINE}{text}"),
            }
        });
        let tried = tried.await;
        changes.undone += u64::from(expected.is_some_and(|expected| tried.is_ok() && expected != stands));
        changes.written += u64::from(matches!(tried, Ok(Try::Written)));
        expected = match tried {
            Ok(Try::NothingToDo) => break,
            Ok(Try::Written) => {
                due += PACE;
                Some(!stands)
            }
            Ok(Try::Conflict) => Some(stands),
            Err(_) => None,
        };
    }
    changes
}
