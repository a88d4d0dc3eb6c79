//! What is over of what a finding was told, and how its words are read again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeMap;

use falconer_domain::block::{Block, Mode};
use falconer_domain::finding::STATE_FIELD;
use falconer_domain::indicator::Indicator;
use falconer_domain::ledger::{BlockReport, Held, Ledger};
use falconer_domain::note::{Annotation, BLOCKED_FIELD, EXPIRES_FIELD, Expiry, Outcome, Told, may_write_comment};
use jiff::Timestamp;
use support::one_group::{merge, read, roomy};
use support::{block, drop, drop_for, finding, ten, time, want};

fn merged(wanted: impl IntoIterator<Item = Block>) -> (Vec<BlockReport>, Ledger) {
    let merged = merge("", &want(wanted), ten(), &roomy());
    (merged.report.blocks, read(&merged.text))
}

fn annotation(outcome: Outcome<'_>) -> Annotation<'_> {
    Annotation { at: ten(), execution: "arn", outcome, refused: &[], remarks: &[], remarks_left_out: 0 }
}

fn done(blocks: &[BlockReport]) -> Annotation<'_> {
    annotation(Outcome::Done { blocks, reserved: &[], dry_run: false })
}

fn expired(Expiry { expired, left }: &Expiry) -> Annotation<'_> {
    annotation(Outcome::Expired { expired, left })
}

/// What a finding is told of these blocks, by its fields and by its comment.
fn told(annotation: &Annotation<'_>) -> (Told, Told) {
    let fields = annotation.fields(&BTreeMap::new());
    (Told::in_fields(&fields).unwrap(), Told::in_comment(&annotation.note()).unwrap())
}

fn names(told: &Told) -> Vec<String> {
    told.blocked.iter().map(ToString::to_string).collect()
}

fn ends(held: &[Held]) -> Vec<Timestamp> {
    held.iter().map(|held| held.entry.expires).collect()
}

#[test]
fn a_comment_says_as_much_as_the_fields_to_the_minute() {
    let created = time("2026-01-15T10:00:30Z");
    let both = ["evil.example", "198.51.100.0/24"].map(|text| block(text, Mode::Drop, created, "24h"));
    let reported = [block("2001:db8::7", Mode::Alert, created, "24h")];
    for (wanted, expected) in
        [(both.to_vec(), vec!["evil.example", "198.51.100.0/24"]), (reported.to_vec(), vec!["2001:db8::7"])]
    {
        let expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        let blocks = merged(wanted).0;
        let (in_fields, in_comment) = told(&done(&blocks));
        assert_eq!((names(&in_fields), names(&in_comment)), (expected.clone(), expected));
        assert_eq!(in_fields.until, Some(time("2026-01-16T10:00:30Z")));
        assert_eq!(in_comment.until, Some(time("2026-01-16T10:00:00Z")));
    }
}

#[test]
fn a_comment_that_says_what_is_over_says_what_stays() {
    let (_, ledger) = merged([drop("evil.example")]);
    for over in [vec!["198.51.100.7".parse().unwrap()], vec![]] {
        let expiry = Expiry { expired: over, left: ledger.held().to_vec() };
        let (in_fields, in_comment) = told(&expired(&expiry));
        assert_eq!(in_fields, in_comment, "{}", expired(&expiry).note());
        assert_eq!(names(&in_comment), ["evil.example"]);
    }
}

#[test]
fn what_is_listed_in_part_is_read_in_part() {
    let (blocks, ledger) = merged((0..200).map(|number| drop(&format!("domain-number-{number}.evil.example"))));
    let (in_fields, in_comment) = told(&done(&blocks));
    let shown = done(&blocks).fields(&BTreeMap::new())[BLOCKED_FIELD].split(", ").count();
    assert_eq!(in_fields.blocked.len(), shown);
    assert!(shown > in_comment.blocked.len() && !in_comment.blocked.is_empty());
    for told in [in_fields, in_comment] {
        let is_held = |indicator: &Indicator| ledger.held().iter().any(|held| held.entry.indicator == *indicator);
        assert!(told.blocked.iter().all(is_held), "{told:?}");
        assert_eq!(Expiry::of(&finding(1), &told, &ledger), None);
    }
}

#[test]
fn only_what_says_that_something_is_in_force_is_read() {
    let fields = |state: &str| BTreeMap::from([(STATE_FIELD.to_owned(), state.to_owned())]);
    for state in ["DryRun", "NothingToBlock", "Waiting", "Released", "Expired", "Failed", "blocked", ""] {
        assert_eq!(Told::in_fields(&fields(state)), None, "{state}");
    }
    assert_eq!(Told::in_fields(&BTreeMap::new()), None);
    let (blocks, _) = merged([drop("evil.example")]);
    let failed = Outcome::Failed { error: "Firewall.NotEnforced", not_done: "It is blocked until somebody looks." };
    for other in
        [annotation(Outcome::Done { blocks: &blocks, reserved: &[], dry_run: true }), annotation(failed), done(&[])]
    {
        assert_eq!(Told::in_comment(&other.note()), None, "{}", other.note());
    }
    let over = Expiry { expired: vec!["evil.example".parse().unwrap()], left: Vec::new() };
    for comment in [
        expired(&over).note().as_str(),
        "",
        "Falconer",
        "blocked evil.example until 2026-01-16 10:00 UTC.",
        "Somebody 2026-01-15 10:00 UTC: blocked evil.example until 2026-01-16 10:00 UTC.",
        "Falconer 2026-01-15 10:00 UTC: blocked evil.example.",
        "Falconer 2026-01-15 10:00 UTC: nothing to block. x Still in force: evil.example until 2026-01-16 10:00 UTC.",
    ] {
        assert_eq!(Told::in_comment(comment), None, "{comment}");
    }
}

#[test]
fn words_that_others_have_changed_name_no_more_than_indicators() {
    let comment = "Falconer 2026-01-15 10:00 UTC: blocked evil.example, \"; drop ip any until 20260116 né";
    let told = Told::in_comment(comment).unwrap();
    assert_eq!((names(&told), told.until), (vec!["evil.example".to_owned()], None));
    let fields = [(STATE_FIELD, "Blocked"), (BLOCKED_FIELD, "%s, , evil.example"), (EXPIRES_FIELD, "soon")];
    let told = Told::in_fields(&fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into()).unwrap();
    assert_eq!((names(&told), told.until), (vec!["evil.example".to_owned()], None));
}

#[test]
fn something_may_be_over_a_minute_after_its_end_or_if_nobody_can_read_it() {
    let told = |until| Told { blocked: Vec::new(), until };
    let until = Some(time("2026-01-15T10:00:00Z"));
    assert!(!told(until).may_be_over(time("2026-01-15T10:00:59Z")));
    assert!(told(until).may_be_over(time("2026-01-15T10:01:00Z")));
    assert!(told(None).may_be_over(ten()));
}

#[test]
fn what_is_gone_is_over_and_what_is_held_is_left() {
    let (blocks, _) = merged([drop("evil.example"), drop("198.51.100.7")]);
    let (_, ledger) = merged([drop("evil.example")]);
    let expiry = Expiry::of(&finding(1), &told(&done(&blocks)).0, &ledger).unwrap();
    assert_eq!(expiry.expired, ["198.51.100.7".parse().unwrap()]);
    assert_eq!(expiry.left, ledger.held());
}

#[test]
fn a_block_that_others_have_extended_is_left_with_its_new_end() {
    let (blocks, _) = merged([drop("evil.example")]);
    let longer = merge("", &want([drop("evil.example")]), ten(), &roomy()).text;
    let extended = block("evil.example", Mode::Drop, ten(), "7d");
    let ledger = read(&merge(&longer, &want([extended]), ten(), &roomy()).text);
    for told in <[Told; 2]>::from(told(&done(&blocks))) {
        let expiry = Expiry::of(&finding(1), &told, &ledger).unwrap();
        assert_eq!((expiry.expired.len(), ends(&expiry.left)), (0, vec![time("2026-01-22T10:00:00Z")]));
        assert!(expired(&expiry).note().contains("its blocks go on. Still in force: evil.example until 2026-01-22"));
    }
}

#[test]
fn what_was_told_and_is_still_so_is_not_told_again() {
    let (blocks, ledger) = merged([drop("evil.example")]);
    let (in_fields, in_comment) = told(&done(&blocks));
    let nobody_knows_when = Told { until: None, ..in_fields.clone() };
    for told in [in_fields, in_comment, nobody_knows_when] {
        assert_eq!(Expiry::of(&finding(1), &told, &ledger), None);
    }
}

#[test]
fn of_a_block_that_only_counts_the_finding_its_own_words_decide() {
    let many = [drop_for("evil.example", [2, 3, 4, 1]), drop_for("other.example", [2, 3, 4, 1])];
    let (_, ledger) = merged(many);
    let told = Told { blocked: vec!["evil.example".parse().unwrap()], until: Some(ten()) };
    let expiry = Expiry::of(&finding(1), &told, &ledger).unwrap();
    assert_eq!((expiry.expired.len(), expiry.left.len()), (0, 1));
    let stranger = Expiry::of(&finding(9), &told, &ledger).unwrap();
    assert_eq!((stranger.expired.len(), stranger.left.len()), (1, 0));
}

#[test]
fn a_finding_of_which_nothing_can_be_read_is_told_that_its_blocks_are_over() {
    let told = Told { blocked: Vec::new(), until: None };
    let expiry = Expiry::of(&finding(1), &told, &Ledger::default()).unwrap();
    assert_eq!(expired(&expiry).note(), "Falconer 2026-01-15 10:00 UTC: the time of its blocks is over.");
}

#[test]
fn an_analysts_comment_is_never_overwritten() {
    assert!(may_write_comment(None) && may_write_comment(Some(" ")));
    assert!(may_write_comment(Some(&done(&[]).note())));
    assert!(!may_write_comment(Some("looked at")) && !may_write_comment(Some("About Falconer 2026")));
}
