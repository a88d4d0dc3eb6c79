//! What of Falcon Intelligence is hunted, and in which order.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/hunts.rs"]
mod hunts;

use falconer_domain::hunt::{HuntList, IntelRecord, Skipped};
use hunts::{DAY, GUARD, TEN, listed, ranked, record};

#[test]
fn the_surest_come_first_and_of_equally_sure_ones_the_newest() {
    let of = |indicator, malicious_confidence, days: i64| IntelRecord {
        malicious_confidence,
        last_updated: TEN - days * DAY,
        ..record(indicator)
    };
    let list = ranked(&[
        of("unsure.example", "a new word", 0),
        of("low.example", "low", 0),
        of("old.example", "high", 9),
        of("medium.example", "medium", 0),
        of("b.example", "high", 1),
        of("a.example", "high", 1),
        of("unverified.example", "unverified", 1),
        of("198.51.100.7", "high", 1),
    ]);
    let order =
        ["a.example", "b.example", "198.51.100.7", "old.example", "medium.example", "low.example", "unsure.example"];
    assert_eq!(listed(&list)[..7], order);
    assert_eq!(listed(&list)[7], "unverified.example");
}

#[test]
fn what_cannot_be_hunted_is_counted_by_its_reason() {
    let garbage = "e88808f192bf563824cd448b1c853742b78f42b9990192b83d";
    let list = ranked(&[
        record("evil.example"),
        IntelRecord { kind: "hash_md5", ..record("0123456789abcdef0123456789abcdef") },
        IntelRecord { kind: "url", ..record("http://evil.example/x") },
        IntelRecord { deleted: true, ..record("gone.example") },
        IntelRecord { kind: "domain", ..record("198.51.100.7") },
        IntelRecord { kind: "ip_address", ..record("evil.example") },
        record("evil.example\";)"),
        record(garbage),
        record("login.microsoftonline.com"),
        record("10.0.0.0/8"),
        record("EVIL.example."),
    ]);
    assert_eq!(listed(&list), ["evil.example"]);
    let counts = Skipped { other_types: 2, addresses: 0, deleted: 1, malformed: 3, refused: 3, repeated: 1 };
    assert_eq!(list.skipped(), counts);
}

#[test]
fn addresses_are_hunted_only_where_they_are_asked_for() {
    let mut list = HuntList::new(&GUARD, false);
    for indicator in ["evil.example", "198.51.100.7", "203.0.113.0/24", "2001:db8:7::1"] {
        list.add(&record(indicator));
    }
    let list = list.rank();
    assert_eq!((listed(&list), list.skipped().addresses), (vec!["evil.example".to_owned()], 3));
}

#[test]
fn of_two_records_for_one_indicator_the_better_counts_whichever_comes_first() {
    let better = record("evil.example");
    let worse = IntelRecord { malicious_confidence: "low", last_updated: TEN + DAY, ..better };
    let other = IntelRecord { malicious_confidence: "medium", ..record("wicked.example") };
    for records in [[better, worse, other], [worse, better, other]] {
        let list = ranked(&records);
        assert_eq!((listed(&list)[0].as_str(), list.len(), list.skipped().repeated), ("evil.example", 2, 1));
    }
}

#[test]
fn a_time_that_is_none_counts_as_the_oldest() {
    let of = |indicator, last_updated| IntelRecord { last_updated, ..record(indicator) };
    let list = ranked(&[of("a.example", i64::MAX), of("b.example", -1), of("c.example", 1)]);
    assert_eq!(listed(&list), ["c.example", "a.example", "b.example"]);
}

#[test]
fn of_more_than_can_stand_the_best_are_kept_and_all_are_counted() {
    let name = |number: i64| format!("evil-{number}.example");
    let mut list = HuntList::new(&GUARD, false);
    // The two oldest ones come again: one as it was, one as the newest of all.
    for (number, second) in (0..61_000).map(|number| (number, number)).chain([(0, 0), (1, 99_000)]) {
        let name = name(number);
        list.add(&IntelRecord { last_updated: TEN + second, ..record(&name) });
    }
    list.add_malformed(7);
    let list = list.rank();
    let listed = listed(&list);
    assert_eq!((list.len(), listed.len()), (61_000, 30_000));
    assert_eq!((listed[0].as_str(), &listed[1], &listed[29_999]), ("evil-1.example", &name(60_999), &name(31_001)));
    assert_eq!((list.skipped().repeated, list.skipped().malformed), (2, 7));
}
