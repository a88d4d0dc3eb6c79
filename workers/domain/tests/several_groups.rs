//! The ledger over several rule groups: where a block goes, and that it is one ledger all the same.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use falconer_domain::block::Mode;
use falconer_domain::ledger::{
    BlockOutcome, BlockRules, Caps, Change, Group, Ledger, Limits, Merged, Release, ReleaseOutcome, merge,
};
use jiff::Timestamp;
use support::{block, drop, drop_for, finding, imported, release, ten, time, want};

const NAMES: [&str; 3] = ["falconer-block", "falconer-block-2", "falconer-block-3"];

/// Three groups that hold these texts and five rules each: a domain and an address.
fn groups<'a>(texts: &'a [String]) -> Vec<Group<'a>> {
    let group = |(name, text): (&&'a str, &'a String)| Group { name, text, limits: Limits::of_capacity(5) };
    NAMES.iter().zip(texts).map(group).collect()
}

fn merged_at(texts: &[String], change: &Change, now: Timestamp) -> Merged {
    merge(&groups(texts), change, now, &BlockRules::default())
}

fn merged(texts: &[String], change: &Change) -> Merged {
    merged_at(texts, change, ten())
}

fn empty() -> Vec<String> {
    vec![String::new(); NAMES.len()]
}

fn held(texts: &[String]) -> Vec<(String, String)> {
    let ledger = Ledger::read(NAMES.into_iter().zip(texts.iter().map(String::as_str)));
    ledger.held().iter().map(|held| (held.group.clone(), held.entry.indicator.to_string())).collect()
}

fn place(group: usize, indicator: &str) -> (String, String) {
    (NAMES[group].to_owned(), indicator.to_owned())
}

/// One domain in each group.
fn one_in_each() -> Vec<String> {
    merged(&empty(), &want([drop("a.example"), drop("b.example"), drop("c.example")])).texts
}

#[test]
fn a_block_goes_into_the_first_group_with_room_for_the_whole_of_it() {
    let texts = merged(&empty(), &want([drop("a.example"), drop("b.example"), drop("198.51.100.7")])).texts;
    assert_eq!(held(&texts), [place(0, "a.example"), place(0, "198.51.100.7"), place(1, "b.example")]);
}

#[test]
fn a_block_in_force_stays_in_its_group_though_an_earlier_one_has_room_again() {
    let texts = merged(&one_in_each(), &release("a.example")).texts;
    let longer = merged(&texts, &want([block("b.example", Mode::Drop, ten(), "48h")]));
    assert_eq!(longer.report.blocks[0].outcome, BlockOutcome::Extended);
    assert_eq!(held(&longer.texts), [place(1, "b.example"), place(2, "c.example")]);
    assert_eq!((&longer.texts[0], &longer.texts[2]), (&texts[0], &texts[2]));
}

#[test]
fn only_when_no_group_has_room_is_a_block_refused_and_nothing_is_given_up_for_it() {
    let texts = one_in_each();
    let full = merged(&texts, &want([drop("d.example"), drop("198.51.100.7")]));
    assert_eq!(full.report.blocks[0].outcome, BlockOutcome::RefusedForCapacity);
    assert_eq!(full.report.blocks[1].held.as_ref().unwrap().group, NAMES[0]);
    assert_eq!(full.report.rules, [5, 4, 4]);
    assert_eq!((&full.texts[1], &full.texts[2]), (&texts[1], &texts[2]));
}

#[test]
fn what_expired_makes_room_in_whichever_group_it_stood() {
    let texts = one_in_each();
    let longer = want([block("a.example", Mode::Drop, ten(), "7d"), block("c.example", Mode::Drop, ten(), "7d")]);
    let texts = merged(&texts, &longer).texts;
    let later = time("2026-01-17T10:00:00Z");
    let after = merged_at(&texts, &want([block("d.example", Mode::Drop, later, "24h")]), later);
    assert_eq!(after.report.expired[0].group, NAMES[1]);
    assert_eq!(held(&after.texts), [place(0, "a.example"), place(1, "d.example"), place(2, "c.example")]);
}

#[test]
fn a_finding_ends_in_every_group_and_others_keep_what_they_asked_for() {
    let wanted = [drop_for("a.example", [1]), drop_for("b.example", [1, 2]), drop_for("c.example", [2])];
    let texts = merged(&empty(), &want(wanted)).texts;
    let ended = Release::Finding { finding: finding(1), indicators: Vec::new() };
    let after = merged(&texts, &Change { wanted: Vec::new(), released: vec![ended] });
    let outcomes: Vec<_> = after.report.released.iter().map(|report| report.outcome).collect();
    assert_eq!(outcomes, [ReleaseOutcome::Released, ReleaseOutcome::CauseEnded]);
    assert_eq!(held(&after.texts), [place(1, "b.example"), place(2, "c.example")]);
    assert_eq!(after.report.left[&finding(1)], []);
}

#[test]
fn a_block_that_stands_in_two_groups_is_released_in_both() {
    let one = merged(&empty(), &want([drop("a.example")])).texts.concat();
    let twice = [one.clone(), one, String::new()];
    let after = merged(&twice, &release("a.example"));
    assert_eq!((after.report.released[0].outcome, after.texts), (ReleaseOutcome::Released, empty()));
}

#[test]
fn a_signature_id_names_one_block_in_all_groups() {
    let first = merged(&empty(), &want([drop("a.example")])).texts;
    let taken = first[0].replace("a.example", "z.example");
    let texts = [String::new(), taken, String::new()];
    let both = merged(&texts, &want([drop("a.example")])).texts;
    let ledger = Ledger::read(NAMES.into_iter().zip(both.iter().map(String::as_str)));
    let mut sids: Vec<u32> = ledger.held().iter().flat_map(|held| held.sids.clone()).collect();
    sids.sort_unstable();
    sids.dedup();
    assert_eq!(sids.len(), 8);
}

#[test]
fn caps_count_the_automatic_blocks_of_all_groups() {
    let rules = BlockRules { automatic: Some(Caps { per_hour: 2, per_account_per_hour: 2 }), ..BlockRules::default() };
    let wanted = ["a.example", "b.example", "c.example"].map(|name| imported(name, 1, "111122223333"));
    let texts = empty();
    let merged = merge(&groups(&texts), &want(wanted), ten(), &rules);
    assert_eq!(held(&merged.texts), [place(0, "a.example"), place(1, "b.example")]);
    assert_eq!(merged.report.blocks[2].outcome, BlockOutcome::BeyondCap);
}

#[test]
fn a_merge_that_is_made_again_tells_what_the_first_one_did() {
    let texts = one_in_each();
    let change = Change {
        wanted: vec![drop("d.example"), block("b.example", Mode::Drop, ten(), "48h")],
        released: vec![Release::Block("a.example".parse().unwrap()), Release::Block("never.example".parse().unwrap())],
    };
    let first = merged(&texts, &change);
    let second = merged(&first.texts, &change);
    assert_eq!(second.texts, first.texts);
    assert_ne!(second.report, first.report);
    assert_eq!(second.report.after(first.report.clone()), first.report);
}

#[test]
fn what_somebody_undid_between_two_merges_is_told_as_the_second_finds_it() {
    let change = want([drop("a.example")]);
    let first = merged(&empty(), &change);
    let full = merge(&[], &change, ten(), &BlockRules::default());
    let told = full.report.after(first.report);
    assert_eq!(told.blocks[0].outcome, BlockOutcome::RefusedForCapacity);
}
