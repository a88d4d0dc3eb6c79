//! How blocks come into the rule group, stay, and go.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use falconer_domain::block::{Block, FindingRef, Mode, Requester};
use falconer_domain::ledger::{BlockOutcome, Change, ReleaseOutcome};
use support::one_group::{Limits, Merged, merge, read, roomy};
use support::{admitted, block, drop, finding, release, ten, time, want};

fn merged(text: &str, change: &Change) -> Merged {
    merge(text, change, ten(), &roomy())
}

fn outcomes(merged: &Merged) -> Vec<(String, BlockOutcome)> {
    merged.report.blocks.iter().map(|report| (report.indicator.to_string(), report.outcome)).collect()
}

fn held(text: &str) -> Vec<String> {
    read(text).held().iter().map(|held| held.entry.indicator.to_string()).collect()
}

#[test]
fn the_same_change_again_changes_nothing() {
    let change = want([drop("evil.example"), drop("198.51.100.7")]);
    let first = merged("# the team's\n", &change);
    let second = merged(&first.text, &change);
    assert_eq!(second.text, first.text);
    assert!(second.report.blocks.iter().all(|report| report.outcome == BlockOutcome::Kept));
}

#[test]
fn new_blocks_are_appended_in_order_and_those_in_force_keep_place_and_ids() {
    let first = merged("", &want([drop("middle.example")])).text;
    let second = merged(&first, &want([drop("zebra.example"), drop("apple.example"), drop("middle.example")])).text;
    assert!(second.starts_with(&first));
    assert_eq!(held(&second), ["middle.example", "apple.example", "zebra.example"]);
    let reversed = merged(&first, &want([drop("middle.example"), drop("apple.example"), drop("zebra.example")])).text;
    assert_eq!(second, reversed);
}

#[test]
fn a_later_end_extends_and_an_earlier_one_never_shortens() {
    let text = merged("", &want([drop("evil.example")])).text;
    let longer = merged(&text, &want([block("evil.example", Mode::Drop, ten(), "48h")]));
    assert_eq!(outcomes(&longer), [("evil.example".to_owned(), BlockOutcome::Extended)]);
    let now_held = longer.report.blocks[0].held.clone().unwrap();
    assert_eq!(now_held.entry.expires, time("2026-01-17T10:00:00Z"));
    assert_eq!(read(&longer.text).held(), [now_held]);
    let shorter = merged(&longer.text, &want([block("evil.example", Mode::Drop, ten(), "1h")]));
    assert_eq!(outcomes(&shorter), [("evil.example".to_owned(), BlockOutcome::Kept)]);
    assert_eq!(shorter.text, longer.text);
}

#[test]
fn an_alert_is_promoted_to_drop_and_a_drop_is_never_weakened() {
    let alert = block("evil.example", Mode::Alert, ten(), "24h");
    let text = merged("", &want([alert.clone()])).text;
    let promoted = merged(&text, &want([drop("evil.example")]));
    assert_eq!(outcomes(&promoted), [("evil.example".to_owned(), BlockOutcome::Promoted)]);
    assert_eq!(promoted.text, text.replace("alert ", "drop "));
    assert_eq!(merged(&promoted.text, &want([alert])).text, promoted.text);
}

#[test]
fn an_extended_block_keeps_who_asked_first_and_takes_the_further_cause() {
    let text = merged("", &want([drop("evil.example")])).text;
    let later = time("2026-01-15T12:00:00Z");
    let other = Block::new(
        admitted("evil.example"),
        FindingRef::Manual,
        Requester::Manual,
        Mode::Drop,
        later,
        "24h".parse().unwrap(),
    );
    let entry = merge(&text, &want([other]), later, &roomy()).report.blocks[0].held.clone().unwrap().entry;
    assert_eq!((entry.created, entry.by), (ten(), Requester::Action));
    assert_eq!(entry.causes.listed(), [finding(1), FindingRef::Manual]);
}

#[test]
fn blocks_go_at_their_expiry_and_not_a_second_before() {
    let text =
        merged("pass ip any any -> any any (sid:1;)\n", &want([drop("evil.example"), drop("198.51.100.7")])).text;
    let before = merge(&text, &Change::default(), time("2026-01-16T09:59:59Z"), &roomy());
    assert_eq!((before.text, before.report.expired.len()), (text.clone(), 0));
    let at = merge(&text, &Change::default(), time("2026-01-16T10:00:00Z"), &roomy());
    assert_eq!((at.text.as_str(), at.report.expired.len()), ("pass ip any any -> any any (sid:1;)\n", 2));
}

#[test]
fn an_expired_block_that_is_wanted_again_is_a_new_one() {
    let text = merged("", &want([drop("evil.example")])).text;
    let later = time("2026-02-01T00:00:00Z");
    let again = merge(&text, &want([block("evil.example", Mode::Drop, later, "1h")]), later, &roomy());
    assert_eq!(outcomes(&again), [("evil.example".to_owned(), BlockOutcome::Added)]);
    assert_eq!(again.report.blocks[0].held.as_ref().unwrap().entry.created, later);
}

#[test]
fn a_block_whose_time_is_over_when_it_is_written_is_not() {
    let late = merge("", &want([drop("evil.example")]), time("2026-01-17T00:00:00Z"), &roomy());
    assert_eq!((late.text.as_str(), late.report.blocks[0].outcome), ("", BlockOutcome::AlreadyOver));
}

#[test]
fn a_release_takes_the_block_and_nothing_else() {
    let text = merged("", &want([drop("evil.example"), drop("cdn.evil.example")])).text;
    let released = merged(&text, &release("evil.example"));
    assert_eq!(released.report.released[0].outcome, ReleaseOutcome::Released);
    assert_eq!(held(&released.text), ["cdn.evil.example"]);
    let again = merged(&released.text, &release("evil.example"));
    assert_eq!(again.report.released[0].outcome, ReleaseOutcome::NotHeld);
    assert_eq!(again.text, released.text);
}

#[test]
fn what_is_released_and_wanted_at_once_is_blocked_anew() {
    let text = merged("", &want([drop("evil.example")])).text;
    let shorter = block("evil.example", Mode::Alert, ten(), "1h");
    let both = merged(&text, &Change { wanted: vec![shorter], ..release("evil.example") });
    assert_eq!(both.report.released[0].outcome, ReleaseOutcome::Released);
    assert_eq!(outcomes(&both), [("evil.example".to_owned(), BlockOutcome::Added)]);
    assert_eq!(both.report.blocks[0].held.as_ref().unwrap().entry.mode, Mode::Alert);
}

#[test]
fn requests_for_one_indicator_become_one_block_whatever_their_order() {
    let early = block("evil.example", Mode::Alert, time("2026-01-15T09:00:00Z"), "48h");
    let (one, other) = (want([early.clone(), drop("evil.example")]), want([drop("evil.example"), early]));
    assert_eq!(merged("", &one), merged("", &other));
    let entry = &read(&merged("", &one).text).held()[0].entry.clone();
    assert_eq!((entry.mode, entry.created), (Mode::Drop, time("2026-01-15T09:00:00Z")));
    assert_eq!(entry.expires, time("2026-01-17T09:00:00Z"));
}

#[test]
fn a_request_whose_time_is_over_makes_no_other_stronger() {
    let over = block("evil.example", Mode::Drop, time("2026-01-14T07:00:00Z"), "5m");
    let alert = block("evil.example", Mode::Alert, ten(), "1h");
    for wanted in [[over.clone(), alert.clone()], [alert.clone(), over.clone()]] {
        let merged = merged("", &want(wanted));
        assert_eq!(outcomes(&merged), [("evil.example".to_owned(), BlockOutcome::Added)]);
        assert_eq!(merged.report.blocks[0].held.as_ref().unwrap().entry.mode, Mode::Alert);
    }
    let text = merged("", &want([alert.clone()])).text;
    let later = merged(&text, &want([over.clone()]));
    assert_eq!((later.text, later.report.blocks[0].outcome), (text, BlockOutcome::AlreadyOver));
}

#[test]
fn capacity_refuses_whole_blocks_and_gives_up_nothing_in_force() {
    let text = merged(
        "# a comment and an empty line count nothing\n\npass ip any any -> any any (sid:1;)\n",
        &want([drop("old.example")]),
    )
    .text;
    let limits = Limits::of_capacity(8);
    let full = merge(&text, &want([drop("new.example"), drop("198.51.100.7")]), ten(), &limits);
    let expected = [
        ("new.example".to_owned(), BlockOutcome::RefusedForCapacity),
        ("198.51.100.7".to_owned(), BlockOutcome::Added),
    ];
    assert_eq!(outcomes(&full), expected);
    assert_eq!(
        (full.report.rules, held(&full.text)),
        (vec![6], vec!["old.example".to_owned(), "198.51.100.7".to_owned()])
    );
    let fits = merge(&text, &want([drop("new.example")]), ten(), &Limits::of_capacity(9));
    assert_eq!(fits.report.rules, [9]);
}

#[test]
fn the_length_of_the_text_is_a_limit_too() {
    let with = merged("# no line break", &want([drop("evil.example")])).text;
    let limits = |bytes: usize| Limits { bytes, ..roomy() };
    let exact = merge("# no line break", &want([drop("evil.example")]), ten(), &limits(with.len()));
    assert_eq!(exact.text, with);
    let short = merge("# no line break", &want([drop("evil.example")]), ten(), &limits(with.len() - 1));
    assert_eq!(
        (short.text.as_str(), short.report.blocks[0].outcome),
        ("# no line break", BlockOutcome::RefusedForCapacity)
    );
}

#[test]
fn a_block_is_extended_even_in_a_full_group() {
    let text = merged("", &want([block("evil.example", Mode::Alert, ten(), "1h")])).text;
    let limits = Limits { rules: 4, bytes: text.len(), ..roomy() };
    let extended = merge(&text, &want([drop("evil.example")]), ten(), &limits);
    assert_eq!(extended.report.blocks[0].outcome, BlockOutcome::Promoted);
    assert!(extended.text.len() <= text.len());
}

#[test]
fn the_room_that_a_promotion_makes_is_used_at_once() {
    let text = merged("", &want([block("zebra.example", Mode::Alert, ten(), "24h")])).text;
    let change = want([drop("zebra.example"), drop("198.51.100.7")]);
    let bytes = merged(&text, &change).text.len();
    let limits = Limits { bytes, ..roomy() };
    let once = merge(&text, &change, ten(), &limits);
    assert_eq!(once.text.len(), bytes);
    assert_eq!(merge(&once.text, &change, ten(), &limits).text, once.text);
}

#[test]
fn a_block_is_extended_in_its_place_while_others_go() {
    let text = merged("", &want([drop("first.example"), drop("second.example"), drop("198.51.100.7")])).text;
    let longer = block("198.51.100.7", Mode::Drop, ten(), "48h");
    let change = Change { wanted: vec![longer], ..release("first.example") };
    let after = merged(&text, &change).text;
    let alone = merged("", &want([drop("second.example"), block("198.51.100.7", Mode::Drop, ten(), "48h")])).text;
    assert_eq!(after, alone);
}
