//! A thousand findings at once, on a bad day.

use std::collections::BTreeSet;

use falconer_tests::house::House;
use falconer_tests::load::{address, bring_in};
use falconer_tests::one_group;

const FINDINGS: usize = 1_000;
/// The default. With fewer slots the updates carry fewer requests each, and are more.
const SLOTS: usize = 256;
/// All updates of the rule group, those that came too late and the SDK's own retries among them.
const UPDATES: u64 = 40;

#[tokio::test(start_paused = true)]
async fn a_thousand_findings_at_once_are_a_thousand_blocks_and_a_handful_of_updates() {
    let before = House::without_a_worker().await.rule_group().await.text;
    let outcome = bring_in(FINDINGS, SLOTS).await;
    assert_eq!(outcome.succeeded, FINDINGS);

    let ledger = one_group::read(&outcome.text);
    let held: Vec<String> = ledger.held().iter().map(|held| held.entry.indicator.to_string()).collect();
    let once: BTreeSet<String> = held.iter().cloned().collect();
    assert_eq!(once, (0..FINDINGS).map(address).collect());
    assert_eq!(held.len(), FINDINGS, "a block is there twice");
    assert_eq!(ledger.unreadable(), 0);

    let foreign: String =
        outcome.text.split_inclusive('\n').filter(|line| !line.contains("metadata:falconer ")).collect();
    assert_eq!(foreign, before);
    assert!(outcome.others.written >= 2, "{:?}", outcome.others);
    assert_eq!(outcome.others.undone, 0);
    assert!(outcome.calls.updates <= UPDATES, "{:?}", outcome.calls);
}
