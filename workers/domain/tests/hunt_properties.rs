//! What must hold of hunts for any record that Falcon Intelligence may hold, and for any order of things.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/hunts.rs"]
mod hunts;

use std::collections::BTreeMap;

use falconer_domain::hunt::{HuntChange, HuntGroup, HuntList, HuntName, IntelRecord};
use falconer_domain::ledger::Limits;
use hunts::{GUARD, TEN, hunted, merge, merge_within, name};
use proptest::prelude::*;

/// Text with a liking for what would hurt.
fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9._;\"()\\\\:,/@+-]{0,40}",
        "[a-z]{1,8}\\.example(\";\\)|\\.|\n|, h )[a-z$]{0,8}",
        Just("metadata:falconer hunt, h energy; sid:2000000000;".to_owned()),
    ]
}

fn indicator() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-z0-9]{1,3}\\.(evil|wicked)\\.example",
        2 => (0u8..=20).prop_map(|byte| format!("198.51.100.{byte}")),
        1 => (0u8..=20).prop_map(|byte| format!("2001:db8:{byte:x}::/56")),
        2 => hostile_text(),
    ]
}

#[derive(Clone, Debug)]
struct Written {
    indicator: String,
    kind: String,
    confidence: String,
    days: i64,
    actors: Vec<String>,
    reports: Vec<String>,
}

impl Written {
    fn record(&self) -> IntelRecord<'_> {
        IntelRecord {
            indicator: &self.indicator,
            kind: &self.kind,
            malicious_confidence: &self.confidence,
            last_updated: TEN - self.days * 86_400,
            actors: &self.actors,
            reports: &self.reports,
            ..IntelRecord::default()
        }
    }
}

fn written() -> impl Strategy<Value = Written> {
    let kind = prop::sample::select(vec!["domain", "domain", "ip_address", "ip_address_block", "url"]);
    let confidence = prop::sample::select(vec!["high", "medium", "low", "unverified", "\";"]);
    let texts = || prop::collection::vec(hostile_text(), 0..2);
    (indicator(), kind, confidence, 0i64..5, texts(), texts()).prop_map(
        |(indicator, kind, confidence, days, actors, reports)| Written {
            indicator,
            kind: kind.to_owned(),
            confidence: confidence.to_owned(),
            days,
            actors,
            reports,
        },
    )
}

fn lists() -> impl Strategy<Value = BTreeMap<HuntName, Vec<Written>>> {
    let hunt = prop::sample::select(vec!["bear", "energy", "actor:x"]).prop_map(name);
    prop::collection::btree_map(hunt, prop::collection::vec(written(), 0..8), 0..3)
}

fn change(lists: &BTreeMap<HuntName, Vec<Written>>) -> HuntChange {
    let list = |(hunt, records): (&HuntName, &Vec<Written>)| {
        let mut list = HuntList::new(&GUARD, true);
        records.iter().for_each(|written| list.add(&written.record()));
        (hunt.clone(), list.rank())
    };
    HuntChange { refreshed: lists.iter().map(list).collect(), hunts: None }
}

fn foreign_text() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("# comment\n".to_owned()),
        Just("pass tls any any -> any any (msg:\"theirs\"; sid:2000000000; rev:1;)\r\n".to_owned()),
        Just(
            "alert ip any any <> 198.51.100.7 any (metadata:falconer hunt, h bear, t 20260115, k high; sid:1;)\n"
                .to_owned()
        ),
        "[a-z0-9 :;()\"$#]{0,30}\n",
    ];
    (prop::collection::vec(line, 0..5), "[a-z0-9 ]{0,5}").prop_map(|(lines, last)| lines.concat() + &last)
}

proptest! {
    #[test]
    fn no_record_becomes_rule_syntax(lists in lists()) {
        let text = merge("", &change(&lists)).text;
        let harmless = |character: char| character.is_ascii_alphanumeric() || " !-/:;<>?^$(),.\\\"+_".contains(character);
        for line in text.lines() {
            prop_assert!(line.chars().all(harmless), "{line}");
            prop_assert_eq!(line.matches("sid:").count(), 1, "{}", line);
            prop_assert_eq!(line.matches("metadata:").count(), 1, "{}", line);
            prop_assert!(line.starts_with("alert ") && line.ends_with(";)") && line.matches('(').count() == 1);
        }
        let group = HuntGroup::read(&text);
        prop_assert_eq!((group.unreadable(), group.rules()), (0, text.lines().count()));
    }

    #[test]
    fn merging_again_changes_nothing_whatever_the_room(
        text in foreign_text(), first in lists(), second in lists(), rules in 0usize..60, bytes in 0usize..9_000,
    ) {
        let limits = Limits { rules, bytes };
        let before = merge(&text, &change(&first)).text;
        for start in [text.clone(), before] {
            let once = merge_within(&start, &change(&second), limits);
            let twice = merge_within(&once.text, &change(&second), limits);
            prop_assert_eq!(&once.text, &twice.text);
            prop_assert!(once.text.starts_with(&text));
        }
    }

    #[test]
    fn limits_hold_for_whatever_is_new(text in foreign_text(), lists in lists(), rules in 0usize..60, bytes in 0usize..9_000) {
        let merged = merge_within(&text, &change(&lists), Limits { rules, bytes });
        prop_assert!(merged.text == text || (merged.text.len() <= bytes && merged.rules <= rules));
        for (hunt, report) in &merged.hunts {
            let held = hunted(&merged.text).iter().filter(|line| line.split(": ").nth(1).unwrap().split('+').any(|name| name == hunt.as_str())).count();
            prop_assert_eq!(report.added.len() + report.kept, held);
            prop_assert_eq!(held + report.left_out, report.wanted);
        }
    }

    #[test]
    fn the_order_of_records_and_of_refreshes_does_not_matter(text in foreign_text(), lists in lists()) {
        let reversed = lists.iter().map(|(hunt, records)| (hunt.clone(), records.iter().rev().cloned().collect())).collect();
        let at_once = merge(&text, &change(&lists));
        prop_assert_eq!(&at_once, &merge(&text, &change(&reversed)));
        let one_by_one = |order: Vec<(&HuntName, &Vec<Written>)>| {
            order.into_iter().fold(text.clone(), |text, (hunt, records)| {
                merge(&text, &change(&[(hunt.clone(), records.clone())].into())).text
            })
        };
        prop_assert_eq!(hunted(&one_by_one(lists.iter().collect())), hunted(&at_once.text));
        prop_assert_eq!(hunted(&one_by_one(lists.iter().rev().collect())), hunted(&at_once.text));
    }

    #[test]
    fn foreign_lines_survive_the_coming_and_going_of_hunts(text in foreign_text(), lists in lists()) {
        let there = merge(&text, &change(&lists)).text;
        let gone = merge(&there, &HuntChange { hunts: Some(BTreeMap::new()), ..HuntChange::default() }).text;
        prop_assert!(gone == text || gone == format!("{text}\n"), "{gone:?}");
    }
}
