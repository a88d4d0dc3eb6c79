//! The findings behind a block: who asked, who has ended, and what stays for the others.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use falconer_domain::block::{Causes, FindingRef};
use falconer_domain::ledger::{Change, Release, ReleaseOutcome};
use support::one_group::{Limits, Merged, merge, read, roomy};
use support::{drop, drop_for, finding, release, ten, want};

fn merged(text: &str, change: &Change) -> Merged {
    merge(text, change, ten(), &roomy())
}

/// The ledger that holds `evil.example` for the findings with these numbers, each in a request of its own.
fn held_for(findings: impl IntoIterator<Item = usize>) -> String {
    findings
        .into_iter()
        .fold(String::new(), |text, number| merged(&text, &want([drop_for("evil.example", [number])])).text)
}

fn causes(text: &str) -> Causes {
    read(text).held()[0].entry.causes.clone()
}

fn ended(findings: impl IntoIterator<Item = usize>) -> Change {
    let indicators = vec!["evil.example".parse().unwrap()];
    let release = |number| Release::Finding { finding: finding(number), indicators: indicators.clone() };
    Change { wanted: Vec::new(), released: findings.into_iter().map(release).collect() }
}

fn outcomes(merged: &Merged) -> Vec<ReleaseOutcome> {
    merged.report.released.iter().map(|report| report.outcome).collect()
}

#[test]
fn three_findings_are_listed_oldest_first_and_the_others_counted() {
    let causes = causes(&held_for([1, 2, 3, 4, 5]));
    assert_eq!(causes.listed(), [finding(1), finding(2), finding(3)]);
    assert_eq!(causes.others(), 2);
    assert!((1..=5).all(|number| causes.include(&finding(number))));
}

#[test]
fn a_finding_that_asks_again_is_counted_once_listed_or_not() {
    let text = held_for([1, 2, 3, 4, 5]);
    for number in 1..=5 {
        assert_eq!(merged(&text, &want([drop_for("evil.example", [number])])).text, text);
    }
}

#[test]
fn a_request_of_several_findings_is_one_block_with_all_of_them() {
    let text = merged("", &want([drop_for("evil.example", [1, 2, 3, 4])])).text;
    assert_eq!(text, held_for([1, 2, 3, 4]));
}

#[test]
fn a_rule_written_with_one_finding_still_reads() {
    let line = "drop ip any any <> 198.51.100.7 any (msg:\"Falconer 198.51.100.7\"; metadata:falconer block, \
                f e5e80084e2842703, c 20260115T100000Z, x 20260116T100000Z, by action; sid:1000000000; rev:1;)\n";
    assert_eq!(causes(line).to_string(), "e5e80084e2842703");
    assert_eq!(merged(line, &Change::default()).text, line);
}

#[test]
fn a_block_stays_until_the_last_of_its_findings_ends() {
    let mut text = held_for([1, 2, 3, 4, 5]);
    for number in [4, 1, 3, 2] {
        let after = merged(&text, &ended([number]));
        assert_eq!(outcomes(&after), [ReleaseOutcome::CauseEnded], "{number}");
        assert!(!causes(&after.text).include(&finding(number)), "{number}");
        text = after.text;
    }
    assert_eq!((causes(&text).listed(), causes(&text).others()), (&[] as &[FindingRef], 1));
    let last = merged(&text, &ended([5]));
    assert_eq!((last.text.as_str(), outcomes(&last)), ("", vec![ReleaseOutcome::Released]));
}

#[test]
fn a_counted_finding_that_asks_again_is_not_listed_as_well() {
    let text = merged(&held_for([1, 2, 3, 4]), &ended([1])).text;
    assert_eq!(merged(&text, &want([drop_for("evil.example", [4])])).text, text);
}

#[test]
fn findings_that_end_together_take_the_block_with_them() {
    let after = merged(&held_for([1, 2]), &ended([2, 1]));
    assert_eq!((after.text.as_str(), outcomes(&after)), ("", vec![ReleaseOutcome::Released; 2]));
}

#[test]
fn a_finding_that_did_not_ask_releases_nothing() {
    let text = held_for([1, 2]);
    let after = merged(&text, &ended([3]));
    assert_eq!((outcomes(&after), after.text), (vec![ReleaseOutcome::NotHeld], text));
}

#[test]
fn a_whole_release_takes_the_block_whoever_asked() {
    let mut change = release("evil.example");
    change.released.extend(ended([1]).released);
    let after = merged(&held_for([1, 2, 3, 4]), &change);
    assert_eq!((after.text.as_str(), outcomes(&after)), ("", vec![ReleaseOutcome::Released; 2]));
}

#[test]
fn the_blocks_of_a_finding_are_those_that_list_it() {
    let wanted = [drop_for("one.example", [1]), drop_for("both.example", [1, 2]), drop_for("two.example", [2])];
    let ledger = read(&merged("", &want(wanted)).text);
    let held: Vec<String> = ledger.held_for(&finding(2)).map(|held| held.entry.indicator.to_string()).collect();
    assert_eq!(held, ["both.example", "two.example"]);
}

#[test]
fn a_cause_that_does_not_fit_is_left_out_and_the_block_stays_as_it_is() {
    let text = merged("", &want([drop("evil.example")])).text;
    let limits = |bytes: usize| Limits { bytes, ..roomy() };
    let wanted = want([drop_for("evil.example", [2])]);
    let longer = "+0123456789abcdef".len();
    assert_eq!(merge(&text, &wanted, ten(), &limits(text.len() + longer - 1)).text, text);
    assert_eq!(merge(&text, &wanted, ten(), &limits(text.len() + longer)).text.len(), text.len() + longer);
}

#[test]
fn only_what_is_written_for_causes_reads_as_causes() {
    for token in ["", "/", "/0000000000000000", "x", "manual+", "+manual", "manual/400", "manual+manual+manual+manual"]
    {
        assert_eq!(Causes::from_token(token), None, "{token}");
    }
    for token in ["manual", "/0000000000000400", "e5e80084e2842703+manual/8000000000000001"] {
        assert_eq!(Causes::from_token(token).map(|causes| causes.to_string()).as_deref(), Some(token));
    }
}
