//! How many blocks findings may make by themselves.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use falconer_domain::block::{Block, Mode, Requester};
use falconer_domain::ledger::{BlockOutcome, Caps, Change};
use jiff::SignedDuration;
use support::one_group::{Limits, Merged, merge, roomy};
use support::{admitted, drop, finding, imported, release, ten, want};

const ONE: &str = "111122223333";
const OTHER: &str = "444455556666";

fn capped(text: &str, change: &Change, per_hour: usize, per_account_per_hour: usize) -> Merged {
    let limits = Limits { automatic: Some(Caps { per_hour, per_account_per_hour }), ..roomy() };
    merge(text, change, ten(), &limits)
}

fn outcomes(merged: &Merged) -> Vec<BlockOutcome> {
    merged.report.blocks.iter().map(|report| report.outcome).collect()
}

#[test]
fn findings_make_no_more_blocks_than_the_cap_in_one_request_or_in_many() {
    let wanted: Vec<Block> = (0..4).map(|number| imported(&format!("d{number}.example"), number, ONE)).collect();
    let together = capped("", &want(wanted.clone()), 2, 9);
    assert_eq!(outcomes(&together)[..2], [BlockOutcome::Added; 2]);
    assert_eq!(outcomes(&together)[2..], [BlockOutcome::BeyondCap; 2]);
    assert!(together.report.blocks[2].held.is_none());
    let in_turn = wanted.into_iter().fold(String::new(), |text, block| capped(&text, &want([block]), 2, 9).text);
    assert_eq!(in_turn, together.text);
}

#[test]
fn one_account_cannot_use_up_what_others_may() {
    let wanted = [imported("a.example", 1, ONE), imported("b.example", 2, ONE), imported("c.example", 3, OTHER)];
    let expected = [BlockOutcome::Added, BlockOutcome::BeyondCap, BlockOutcome::Added];
    assert_eq!(outcomes(&capped("", &want(wanted), 9, 1)), expected);
}

#[test]
fn what_a_person_asks_for_is_not_capped_and_does_not_count() {
    let text = capped("", &want([drop("a.example"), drop("b.example")]), 1, 1).text;
    assert_eq!(outcomes(&capped(&text, &want([imported("c.example", 1, ONE)]), 1, 1)), [BlockOutcome::Added]);
    assert_eq!(outcomes(&capped("", &want([drop("a.example")]), 0, 0)), [BlockOutcome::Added]);
}

#[test]
fn a_person_who_asks_together_with_a_finding_gets_the_block() {
    let text = capped("", &want([imported("a.example", 1, ONE)]), 1, 1).text;
    let both = want([imported("b.example", 2, ONE), drop("b.example")]);
    let merged = capped(&text, &both, 1, 1);
    assert_eq!(outcomes(&merged), [BlockOutcome::Added]);
    assert_eq!(merged.report.blocks[0].held.as_ref().unwrap().entry.by, Requester::Action);
}

#[test]
fn a_block_in_force_is_extended_beyond_the_cap() {
    let text = capped("", &want([imported("a.example", 1, ONE)]), 1, 1).text;
    let ttl = "48h".parse().unwrap();
    let longer = Block::new(admitted("a.example"), finding(2), Requester::Imported, Mode::Drop, ten(), ttl);
    assert_eq!(outcomes(&capped(&text, &want([longer]), 1, 1)), [BlockOutcome::Extended]);
}

#[test]
fn blocks_count_for_an_hour() {
    let at = |minutes: i64, name: &str| {
        let (created, ttl) = (ten() - SignedDuration::from_mins(minutes), "24h".parse().unwrap());
        Block::new(admitted(name), finding(1), Requester::Imported, Mode::Drop, created, ttl)
    };
    let after = |minutes: i64| {
        let text = capped("", &want([at(minutes, "a.example")]), 1, 1).text;
        outcomes(&capped(&text, &want([at(0, "b.example")]), 1, 1))
    };
    assert_eq!(after(59), [BlockOutcome::BeyondCap]);
    assert_eq!(after(60), [BlockOutcome::Added]);
}

#[test]
fn a_released_block_makes_room_under_the_cap() {
    let text = capped("", &want([imported("a.example", 1, ONE)]), 1, 1).text;
    let change = Change { wanted: vec![imported("b.example", 2, ONE)], ..release("a.example") };
    assert_eq!(outcomes(&capped(&text, &change, 1, 1)), [BlockOutcome::Added]);
}
