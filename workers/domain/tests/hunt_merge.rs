//! How several hunts share the hunt rule group.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/hunts.rs"]
mod hunts;

use std::time::Instant;

use falconer_domain::hunt::{HuntChange, HuntList, IntelRecord};
use falconer_domain::ledger::Limits;
use hunts::{DAY, GUARD, TEN, configured, hunted, merge, merge_within, name, ranked, record, refresh};

const FOREIGN: &str = "# the team's\nalert tcp any any -> any any (msg:\"theirs\"; sid:7; rev:1;)\r\n";

fn texts(indicators: &[falconer_domain::indicator::Indicator]) -> Vec<String> {
    indicators.iter().map(ToString::to_string).collect()
}

#[test]
fn an_unchanged_list_changes_nothing_and_a_changed_one_only_its_difference() {
    let first = merge(FOREIGN, &refresh([("energy", vec!["a.example", "b.example", "198.51.100.7"])]));
    assert!(first.text.starts_with(FOREIGN));
    let again = merge(&first.text, &refresh([("energy", vec!["198.51.100.7", "b.example", "a.example"])]));
    assert_eq!(again.text, first.text);
    let report = &again.hunts[&name("energy")];
    assert_eq!((report.wanted, report.kept, report.left_out), (3, 3, 0));
    let changed = merge(&first.text, &refresh([("energy", vec!["b.example", "c.example", "198.51.100.7"])]));
    let report = &changed.hunts[&name("energy")];
    assert_eq!((texts(&report.added), texts(&report.removed)), (vec!["c.example".into()], vec!["a.example".into()]));
    assert_eq!((report.kept, changed.rules), (2, 1 + 4 + 4 + 1));
    let what_stays: Vec<&str> = first.text.lines().filter(|line| !line.contains("a.example")).collect();
    assert_eq!(changed.text.lines().take(what_stays.len()).collect::<Vec<_>>(), what_stays);
}

#[test]
fn a_refresh_of_one_hunt_does_not_touch_another() {
    let both =
        merge("", &refresh([("bear", vec!["a.example", "both.example"]), ("energy", vec!["both.example"])])).text;
    assert_eq!(hunted(&both), ["a.example: bear", "both.example: bear+energy"]);
    let emptied = merge(&both, &refresh([("bear", vec![])]));
    assert_eq!(hunted(&emptied.text), ["both.example: energy"]);
    assert_eq!(texts(&emptied.hunts[&name("bear")].removed), ["a.example", "both.example"]);
    assert!(!emptied.hunts.contains_key(&name("energy")));
    let gone = merge(&emptied.text, &refresh([("energy", vec![])]));
    assert_eq!((gone.text.as_str(), gone.rules), ("", 0));
}

#[test]
fn a_hunt_that_is_no_longer_configured_goes_only_when_somebody_says_which_there_are() {
    let both =
        merge("", &refresh([("bear", vec!["a.example", "both.example"]), ("energy", vec!["both.example"])])).text;
    assert_eq!(merge(&both, &HuntChange::default()).text, both);
    let said = HuntChange { hunts: configured([("energy", None)]), ..HuntChange::default() };
    let merged = merge(&both, &said);
    assert_eq!(hunted(&merged.text), ["both.example: energy"]);
    let report = &merged.hunts[&name("bear")];
    assert_eq!((report.wanted, texts(&report.removed)), (0, vec!["a.example".into(), "both.example".into()]));
}

#[test]
fn two_merges_tell_what_became_of_the_text_before_the_first_whether_it_was_written_or_not() {
    let before = merge("", &refresh([("bear", vec!["old.example", "kept.example"]), ("gone", vec!["x.example"])])).text;
    let change =
        HuntChange { hunts: configured([("bear", None)]), ..refresh([("bear", vec!["kept.example", "new.example"])]) };
    let first = merge(&before, &change);
    for (text, times) in [(&first.text, "written"), (&before, "not written")] {
        let later = merge(text, &change).after(first.hunts.clone());
        assert_eq!(later.hunts, first.hunts, "{times}");
    }
}

#[test]
fn each_hunt_fills_its_own_share_with_its_best() {
    let names: Vec<String> = (0..9).map(|number| format!("{number}.example")).collect();
    let list: Vec<&str> = names.iter().map(String::as_str).collect();
    let limits = Limits::of_capacity(24);
    let change =
        HuntChange { hunts: configured([("bear", None), ("energy", None)]), ..refresh([("bear", list.clone())]) };
    let alone = merge_within("", &change, limits);
    assert_eq!(hunted(&alone.text), ["0.example: bear", "1.example: bear", "2.example: bear"]);
    let report = &alone.hunts[&name("bear")];
    assert_eq!((report.wanted, report.added.len(), report.left_out), (9, 3, 6));
    let given =
        HuntChange { hunts: configured([("bear", Some(4)), ("energy", None)]), ..refresh([("bear", list.clone())]) };
    assert_eq!(hunted(&merge_within("", &given, limits).text), ["0.example: bear"]);
    // Others' rules leave less to share, and bytes may end before rules do.
    let beside = "alert tcp any any -> any any (sid:1;)\n".repeat(8);
    assert_eq!(hunted(&merge_within(&beside, &change, limits).text).len(), 2);
    let few_bytes = Limits { bytes: 2 * 1_000, ..limits };
    assert_eq!(hunted(&merge_within("", &change, few_bytes).text).len(), 1);
}

#[test]
fn a_hunt_that_came_late_finds_its_share_once_the_first_is_refreshed() {
    let list = vec!["0.example", "1.example", "2.example", "3.example"];
    let limits = Limits::of_capacity(16);
    let full = merge_within("", &refresh([("bear", list.clone())]), limits);
    assert_eq!(full.rules, 16);
    let both = || configured([("bear", None), ("energy", None)]);
    let late = HuntChange { hunts: both(), ..refresh([("energy", vec!["z.example"])]) };
    let refused = merge_within(&full.text, &late, limits);
    assert_eq!((refused.text.as_str(), refused.hunts[&name("energy")].left_out), (full.text.as_str(), 1));
    let made_room = merge_within(&full.text, &HuntChange { hunts: both(), ..refresh([("bear", list)]) }, limits);
    let found = merge_within(&made_room.text, &late, limits);
    assert_eq!(hunted(&found.text), ["0.example: bear", "1.example: bear", "z.example: energy"]);
}

#[test]
fn a_new_day_alone_costs_no_update_and_comes_with_the_next_news() {
    let of = |last_updated, malicious_confidence| {
        let record = IntelRecord { last_updated, malicious_confidence, ..record("evil.example") };
        HuntChange { refreshed: [(name("bear"), ranked(&[record]))].into(), hunts: None }
    };
    let text = merge("", &of(TEN, "medium")).text;
    assert_eq!(merge(&text, &of(TEN + DAY, "medium")).text, text);
    let surer = merge(&text, &of(TEN + DAY, "high"));
    assert_eq!(surer.text, text.replace("t 20260115, k medium", "t 20260116, k high"));
    assert_eq!(surer.hunts[&name("bear")].kept, 1);
}

#[test]
fn a_hunt_joins_rules_that_stand_and_leaves_their_place_and_ids() {
    let text = merge(FOREIGN, &refresh([("energy", vec!["evil.example", "other.example"])])).text;
    let joined = merge(&text, &refresh([("bear", vec!["evil.example"])]));
    assert_eq!(joined.text, text.replacen("h energy", "h bear+energy", 1));
    assert_eq!(texts(&joined.hunts[&name("bear")].added), ["evil.example"]);
}

#[test]
fn a_last_line_without_a_break_leaves_the_same_room_before_and_after() {
    let change = HuntChange {
        hunts: configured([("bear", None), ("energy", None)]),
        ..refresh([("bear", vec!["198.51.100.7", "198.51.100.8"])])
    };
    for bytes in 0..900 {
        let limits = Limits { rules: 20, bytes };
        let once = merge_within("# no break", &change, limits).text;
        assert_eq!(merge_within(&once, &change, limits).text, once, "{bytes}");
    }
}

#[test]
fn a_name_that_finds_no_room_is_left_out_and_what_stands_stays() {
    let text = merge("", &refresh([("energy", vec!["evil.example"])])).text;
    let full = Limits { rules: 40, bytes: text.len() };
    let hunts = configured([("bear", Some(20)), ("energy", Some(0))]);
    let refused = merge_within(&text, &HuntChange { hunts, ..refresh([("bear", vec!["evil.example"])]) }, full);
    assert_eq!((refused.text.as_str(), refused.hunts[&name("bear")].left_out), (text.as_str(), 1));
}

#[test]
fn sixty_thousand_records_fill_a_group_to_its_last_share_in_well_under_a_second() {
    let names: Vec<String> = (0..60_000).map(|number| format!("host-{number}.command-and-control.example")).collect();
    let begin = Instant::now();
    let mut list = HuntList::new(&GUARD, false);
    for (age, name) in names.iter().enumerate() {
        list.add(&IntelRecord { last_updated: TEN - i64::try_from(age).unwrap(), ..record(name) });
    }
    let change = HuntChange { refreshed: [(name("bear"), list.rank())].into(), hunts: None };
    let merged = merge("", &change);
    let again = merge(&merged.text, &change);
    let took = begin.elapsed();
    assert_eq!(again.text, merged.text);
    assert!(merged.text.len() > 1_998_000 && merged.text.len() <= 2_000_000, "{}", merged.text.len());
    let report = &merged.hunts[&name("bear")];
    assert_eq!(report.added.len() + report.left_out, 60_000);
    println!("{} rules of {} indicators in {took:?}", merged.rules, report.added.len());
    // Without optimization it takes twenty times as long; an algorithm that looks at each for each would take hours.
    assert!(took.as_secs() < 30, "{took:?}");
}
