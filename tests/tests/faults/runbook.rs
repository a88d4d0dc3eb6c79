//! How each runbook is started, and started again when something was wrong.

use std::time::Duration;

use falconer_cli::execution::{self, Ending};
use falconer_domain::block::{Block, FindingRef, Mode, Requester};
use falconer_domain::guard::{Guard, GuardConfig};
use falconer_domain::ledger::{Change, Limits};
use falconer_tests::findings::guardduty_connection;
use falconer_tests::house::House;
use falconer_tests::one_group;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// The finding of the stories.
pub(crate) const FINDING: &str = "gd-1";
/// What it asks to block: an address, so that flows are flushed as well.
const ADDRESS: &str = "198.51.100.7";

/// The runbooks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Runbook {
    ContainFinding,
    ReleaseBlock,
    ExpireBlocks,
}

impl Runbook {
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::ContainFinding => "contain-finding",
            Self::ReleaseBlock => "release-block",
            Self::ExpireBlocks => "expire-blocks",
        }
    }

    /// Whether it deals with a finding, on which a failure is to stand.
    pub(crate) fn has_a_finding(self) -> bool {
        self != Self::ExpireBlocks
    }

    /// Brings about what the runbook needs to have something to do.
    pub(crate) async fn prepare(self, house: &House) {
        match self {
            Self::ContainFinding => {}
            Self::ReleaseBlock => {
                house.import(&finding()).await;
                house.success().await;
            }
            Self::ExpireBlocks => hold_a_block_that_is_over(house).await,
        }
    }

    /// Starts it, as it starts every day.
    pub(crate) async fn start(self, house: &House) {
        match self {
            Self::ContainFinding => house.import(&finding()).await,
            Self::ReleaseBlock => house.choose_with("falconerRelease", &finding()).await,
            Self::ExpireBlocks => {
                execution::start(&house.states(), self.slug(), "{}").await.unwrap();
            }
        }
    }

    /// Lets it run once more: a person chooses the finding again, or the schedule comes round. Answers how that ended.
    pub(crate) async fn run_again(self, house: &House) -> Ending {
        let before = house.endings_of(self.slug()).await.len();
        match self {
            Self::ContainFinding => house.choose(&finding()).await,
            Self::ReleaseBlock => house.choose_with("falconerRelease", &finding()).await,
            Self::ExpireBlocks => {}
        }
        loop {
            let endings = house.endings_of(self.slug()).await;
            match endings.into_iter().nth(before) {
                Some(ending) => return ending,
                None => tokio::time::sleep(Duration::from_secs(60)).await,
            }
        }
    }
}

fn finding() -> Value {
    guardduty_connection(FINDING, ADDRESS)
}

/// Writes two blocks as Falconer would have two hours ago: one has been over for an hour, one goes on.
async fn hold_a_block_that_is_over(house: &House) {
    let config = GuardConfig { allow_documentation_ranges: true, ..GuardConfig::default() };
    let guard = Guard::new(config).unwrap();
    let two_hours_ago = house.now() - SignedDuration::from_hours(2);
    let block = |indicator: &str, ttl: &str| {
        let admitted = guard.admit(indicator.parse().unwrap()).unwrap();
        let (by, ttl) = (Requester::Manual, ttl.parse().unwrap());
        Block::new(admitted, FindingRef::Manual, by, Mode::Drop, two_hours_ago, ttl)
    };
    let wanted = vec![block("over.example", "1h"), block(ADDRESS, "7d")];
    house.rewrite_rules(|text| merged(text, wanted, two_hours_ago)).await;
}

fn merged(text: &str, wanted: Vec<Block>, now: Timestamp) -> String {
    one_group::merged(text, &Change { wanted, released: Vec::new() }, now, Limits::of_capacity(10_000)).0
}
