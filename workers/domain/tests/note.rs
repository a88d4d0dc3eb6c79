//! What a finding is told.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeMap;

use falconer_domain::block::{Block, Mode};
use falconer_domain::extract::Remark;
use falconer_domain::finding::{STATE_FIELD, State};
use falconer_domain::guard::{Guard, GuardConfig, Refusal};
use falconer_domain::indicator::Indicator;
use falconer_domain::ledger::{BlockReport, Caps, Change, Held, Release, ReleaseReport};
use falconer_domain::note::{
    AUTHOR, Annotation, BLOCKED_FIELD, EXPIRES_FIELD, MAX_NOTE, Outcome, Reserved, StandingNote, may_write_note,
};
use falconer_domain::policy::Waiting;
use support::one_group::{Limits, merge, read, roomy};
use support::{block, drop, drop_for, imported, release, ten, want};

const EXECUTION: &str = "arn:aws:states:us-east-1:111122223333:execution:contain-finding:one";

fn reports(wanted: impl IntoIterator<Item = Block>) -> Vec<BlockReport> {
    merge("", &want(wanted), ten(), &roomy()).report.blocks
}

fn told(blocks: &[BlockReport]) -> Annotation<'_> {
    let outcome = Outcome::Done { blocks, reserved: &[], dry_run: false };
    Annotation { at: ten(), execution: EXECUTION, outcome, refused: &[], remarks: &[], remarks_left_out: 0 }
}

fn refused(text: &str) -> Refusal {
    Guard::new(GuardConfig::default()).unwrap().admit(text.parse().unwrap()).unwrap_err()
}

fn remark(value: &str) -> Remark {
    let problem = "it is the hash of a file, which cannot be blocked in the network".to_owned();
    Remark { finding: 0, source: "ProductFields.x".to_owned(), value: value.to_owned(), problem }
}

fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_block_is_told_with_its_end_and_the_way_back() {
    let blocks = reports([drop("evil.example"), drop("198.51.100.7")]);
    let annotation = told(&blocks);
    assert_eq!(annotation.state(), State::Blocked);
    assert_eq!(
        annotation.note(),
        "Falconer 2026-01-15 10:00 UTC: blocked evil.example, 198.51.100.7 until 2026-01-16 10:00 UTC. \
         Release with `falconer blocks release evil.example`. \
         Connections to a domain that are open already may last until they end."
    );
}

#[test]
fn what_was_refused_is_told_with_its_reason() {
    let (blocks, refused) = (reports([drop("198.51.100.7")]), [refused("github.com")]);
    let note = Annotation { refused: &refused, ..told(&blocks) }.note();
    assert!(note.contains("github.com is not blocked: it would block a host that many organizations share"), "{note}");
}

fn reserved(indicators: &[&str]) -> Vec<Reserved> {
    let guard = Guard::new(GuardConfig::default()).unwrap();
    let reserved = |text: &&str| {
        let indicator: Indicator = text.parse().unwrap();
        Reserved { waiting: Waiting::reserved(&guard.reservation(&indicator).unwrap()), indicator }
    };
    indicators.iter().map(reserved).collect()
}

#[test]
fn what_is_kept_for_a_person_is_told_once_for_each_reason_beside_what_was_blocked() {
    let (blocks, reserved) = (reports([drop("198.51.100.7")]), reserved(&["13.32.0.7", "151.101.1.140", "13.32.0.9"]));
    let outcome = Outcome::Done { blocks: &blocks, reserved: &reserved, dry_run: false };
    let annotation = Annotation { outcome, ..told(&blocks) };
    assert_eq!(annotation.state(), State::Blocked);
    let note = annotation.note();
    assert!(note.contains("blocked 198.51.100.7 until"), "{note}");
    assert!(
        note.contains(
            "Not blocked: 13.32.0.7, 13.32.0.9. It waits for a person, because it belongs to AWS, whose addresses serve \
             many and change hands; approve it with the custom action \"Falconer: block\" or by hand."
        ),
        "{note}"
    );
    assert!(note.contains("Not blocked: 151.101.1.140. It waits for a person"), "{note}");
}

#[test]
fn a_finding_of_which_everything_is_kept_for_a_person_waits() {
    let reserved = reserved(&["13.32.0.7"]);
    let annotation =
        Annotation { outcome: Outcome::Done { blocks: &[], reserved: &reserved, dry_run: false }, ..told(&[]) };
    assert_eq!(annotation.state(), State::Waiting);
    assert!(
        annotation.note().contains("nothing is blocked yet. Not blocked: 13.32.0.7. It waits"),
        "{}",
        annotation.note()
    );
    let before = fields(&[(BLOCKED_FIELD, "evil.example"), (EXPIRES_FIELD, "2026-01-16T10:00:00Z")]);
    assert_eq!(annotation.fields(&before)[BLOCKED_FIELD], "evil.example");
}

#[test]
fn the_state_says_what_became_of_the_finding() {
    let dropped = reports([drop("evil.example")]);
    let reported = reports([block("evil.example", Mode::Alert, ten(), "24h")]);
    let full =
        merge("", &want([drop("evil.example"), drop("198.51.100.7")]), ten(), &Limits::of_capacity(1)).report.blocks;
    let dry =
        Annotation { outcome: Outcome::Done { blocks: &dropped, reserved: &[], dry_run: true }, ..told(&dropped) };
    let failed = Outcome::Failed { error: "Firewall.TokenConflict", not_done: "Nothing was blocked." };
    assert_eq!(told(&dropped).state(), State::Blocked);
    assert_eq!(told(&reported).state(), State::Alerting);
    assert_eq!(told(&[]).state(), State::NothingToBlock);
    assert_eq!(told(&full).state(), State::Failed);
    assert_eq!(dry.state(), State::DryRun);
    assert_eq!(Annotation { outcome: failed, ..told(&[]) }.state(), State::Failed);
    assert!(told(&reported).note().contains("alert, not drop"));
    assert!(dry.note().contains("nothing written"));
    assert!(
        told(&full).note().contains("The rule group is full; not blocked: evil.example."),
        "{}",
        told(&full).note()
    );
}

#[test]
fn a_failure_is_told_with_its_name_and_what_was_not_done() {
    let outcome = Outcome::Failed { error: "Firewall.TokenConflict", not_done: "The rule group was not changed." };
    let note = Annotation { outcome, ..told(&[]) }.note();
    assert_eq!(
        note,
        "Falconer 2026-01-15 10:00 UTC: failed with Firewall.TokenConflict. The rule group was not changed."
    );
}

#[test]
fn a_note_never_exceeds_its_length_and_counts_what_it_leaves_out() {
    let label = "a".repeat(63);
    let blocks = reports((0..50).map(|n| drop(&format!("d{n}.{label}.{label}.{label}.example"))));
    let refused: Vec<Refusal> = (0..50).map(|n| refused(&format!("10.0.0.{n}"))).collect();
    let remarks: Vec<Remark> = (0..50).map(|_| remark(&"💥".repeat(80))).collect();
    let note = Annotation { refused: &refused, remarks: &remarks, remarks_left_out: 1000, ..told(&blocks) }.note();
    assert!(note.encode_utf16().count() <= MAX_NOTE, "{note}");
    assert!(note.contains("and 49 more") && note.ends_with("more)"), "{note}");
    let not_done = "💥".repeat(1_000);
    let outcome = Outcome::Failed { error: "Firewall.Refused", not_done: &not_done };
    let note = Annotation { outcome, ..told(&[]) }.note();
    assert!(note.encode_utf16().count() <= MAX_NOTE && note.ends_with('…'));
}

#[test]
fn a_full_note_always_has_room_for_the_count_of_what_it_leaves_out() {
    let refused: Vec<Refusal> = (0..9).map(|n| refused(&format!("10.0.0.{n}"))).collect();
    for length in 1..64 {
        let blocks = reports([drop(&format!("{}.example", "a".repeat(length)))]);
        let note = Annotation { refused: &refused, ..told(&blocks) }.note();
        assert!(note.ends_with(" more)"), "{note}");
    }
}

#[test]
fn fields_are_set_and_those_of_others_stay() {
    let blocks = reports([drop("evil.example")]);
    let merged = told(&blocks).fields(&fields(&[("ticket", "INC-17"), (STATE_FIELD, "Failed")]));
    let expected = fields(&[
        ("ticket", "INC-17"),
        (STATE_FIELD, "Blocked"),
        (BLOCKED_FIELD, "evil.example"),
        (EXPIRES_FIELD, "2026-01-16T10:00:00Z"),
        ("falconerExecution", EXECUTION),
    ]);
    assert_eq!(merged, expected);
}

#[test]
fn a_failure_leaves_what_an_earlier_execution_has_blocked() {
    let earlier = fields(&[(STATE_FIELD, "Blocked"), (BLOCKED_FIELD, "evil.example")]);
    let outcome = Outcome::Failed { error: "Firewall.TokenConflict", not_done: "" };
    let after_failure = Annotation { outcome, ..told(&[]) }.fields(&earlier);
    assert_eq!(after_failure.get(BLOCKED_FIELD).map(String::as_str), Some("evil.example"));
    let after_nothing = told(&[]).fields(&earlier);
    assert_eq!(after_nothing.get(BLOCKED_FIELD), None);
}

#[test]
fn fields_stay_within_security_hubs_limits() {
    let blocks = reports((0..200).map(|n| drop(&format!("domain-number-{n}.evil.example"))));
    let others: BTreeMap<String, String> = (0..49).map(|n| (format!("other{n:02}"), "kept".to_owned())).collect();
    let merged = told(&blocks).fields(&others);
    assert_eq!((merged.len(), merged.get(STATE_FIELD).map(String::as_str)), (50, Some("Blocked")));
    assert!(others.iter().all(|(name, value)| merged.get(name) == Some(value)));
    let roomy = told(&blocks).fields(&BTreeMap::new());
    assert!(roomy.values().all(|value| value.chars().count() <= 1024));
    assert!(roomy[BLOCKED_FIELD].ends_with(" more"));
}

#[test]
fn an_analysts_note_is_never_overwritten() {
    let note = |text: &str, author: &str| StandingNote { text: text.to_owned(), updated_by: author.to_owned() };
    assert!(may_write_note(None));
    assert!(may_write_note(Some(&note(" ", "analyst"))));
    assert!(may_write_note(Some(&note("Falconer …", AUTHOR))));
    assert!(!may_write_note(Some(&note("do not touch", "analyst"))));
    assert!(!may_write_note(Some(&note("whose?", ""))));
}

fn with<'a>(outcome: Outcome<'a>) -> Annotation<'a> {
    Annotation { outcome, ..told(&[]) }
}

fn indicators(texts: &[&str]) -> Vec<Indicator> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// What the ledger says of these releases, and what it still holds, after `findings` asked for `evil.example`.
fn released(findings: &[usize], ends: &[Release]) -> (Vec<ReleaseReport>, Vec<Held>) {
    let text = merge("", &want([drop_for("evil.example", findings.iter().copied())]), ten(), &roomy()).text;
    let change = Change { wanted: Vec::new(), released: ends.to_vec() };
    let merged = merge(&text, &change, ten(), &roomy());
    (merged.report.released, read(&merged.text).held().to_vec())
}

#[test]
fn a_finding_that_waits_says_why_and_how_to_approve_it() {
    let (waiting, indicators) = (Waiting::beyond_cap(), indicators(&["evil.example", "198.51.100.7"]));
    let annotation = with(Outcome::Waiting { waiting: &waiting, indicators: &indicators });
    assert_eq!(annotation.state(), State::Waiting);
    assert_eq!(
        annotation.note(),
        "Falconer 2026-01-15 10:00 UTC: not blocked yet: evil.example, 198.51.100.7. It waits for a person, because \
         findings have made as many blocks within the hour as they may; approve it with the custom action \
         \"Falconer: block\" or by hand."
    );
    let earlier = fields(&[(STATE_FIELD, "Blocked"), (BLOCKED_FIELD, "other.example")]);
    let after = annotation.fields(&earlier);
    assert_eq!((after[STATE_FIELD].as_str(), after[BLOCKED_FIELD].as_str()), ("Waiting", "other.example"));
}

#[test]
fn what_is_beyond_the_cap_waits_and_what_is_within_it_is_blocked() {
    let reports = |per_hour: usize| {
        let automatic = Some(Caps { per_hour, per_account_per_hour: per_hour });
        let wanted = [imported("a.example", 1, "111122223333"), imported("b.example", 1, "111122223333")];
        merge("", &want(wanted), ten(), &Limits { automatic, ..roomy() }).report.blocks
    };
    let (none, one) = (reports(0), reports(1));
    assert_eq!((told(&none).state(), told(&one).state()), (State::Waiting, State::Blocked));
    assert!(told(&none).note().contains("Not blocked: a.example, b.example. It waits for a person"));
    let note = told(&one).note();
    assert!(note.contains("blocked a.example until") && note.contains("Not blocked: b.example. It waits"), "{note}");
}

#[test]
fn a_release_says_what_is_gone_and_what_stays_for_others() {
    let whole = release("evil.example").released;
    let (releases, left) = released(&[1, 2], &whole);
    let annotation = with(Outcome::Released { releases: &releases, left: &left });
    assert_eq!(annotation.state(), State::Released);
    assert_eq!(annotation.note(), "Falconer 2026-01-15 10:00 UTC: released evil.example.");
    let claim = Release::Finding { finding: support::finding(1), indicators: Vec::new() };
    let (releases, _) = released(&[1, 2], &[claim]);
    let annotation = with(Outcome::Released { releases: &releases, left: &[] });
    assert_eq!(
        annotation.note(),
        "Falconer 2026-01-15 10:00 UTC: no longer asks for evil.example, which stays blocked because others ask for it."
    );
    let (releases, _) = released(&[1], &release("other.example").released);
    let nothing = with(Outcome::Released { releases: &releases, left: &[] }).note();
    assert_eq!(nothing, "Falconer 2026-01-15 10:00 UTC: nothing to release.");
}

#[test]
fn blocks_that_end_leave_the_finding_what_is_still_in_force() {
    let held = reports([drop("evil.example")])[0].held.clone().unwrap();
    let expired = indicators(&["198.51.100.7"]);
    let earlier = fields(&[(STATE_FIELD, "Blocked"), (BLOCKED_FIELD, "evil.example, 198.51.100.7")]);
    let all = with(Outcome::Expired { expired: &expired, left: &[] });
    assert_eq!(all.state(), State::Expired);
    assert_eq!(all.note(), "Falconer 2026-01-15 10:00 UTC: the time is over for 198.51.100.7.");
    assert_eq!(all.fields(&earlier).get(BLOCKED_FIELD), None);
    let left = [held];
    let some = with(Outcome::Expired { expired: &expired, left: &left });
    assert_eq!(some.state(), State::Blocked);
    assert!(some.note().contains("Still in force: evil.example until 2026-01-16 10:00 UTC."), "{}", some.note());
    assert_eq!(some.fields(&earlier).get(BLOCKED_FIELD).map(String::as_str), Some("evil.example"));
}

#[test]
fn a_block_that_other_findings_ask_for_is_said_to_stay_for_them() {
    let note = told(&reports([drop_for("evil.example", [1, 2])])).note();
    assert!(note.contains("Others ask for evil.example too: it stays until the last of them ends."), "{note}");
    assert!(!told(&reports([drop("evil.example")])).note().contains("Others ask"));
}

#[test]
fn a_promotion_from_alert_to_drop_is_told() {
    let text = merge("", &want([block("evil.example", Mode::Alert, ten(), "24h")]), ten(), &roomy()).text;
    let blocks = merge(&text, &want([drop("evil.example")]), ten(), &roomy()).report.blocks;
    let note = told(&blocks).note();
    assert!(note.contains("Only reported before, and dropped from now on: evil.example."), "{note}");
}
