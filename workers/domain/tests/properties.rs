//! What must hold for any text that an attacker can write, and for any order of things.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use falconer_domain::block::{Block, Causes, FindingRef, Mode, Requester, Ttl};
use falconer_domain::finding::Finding;
use falconer_domain::indicator::{Indicator, IndicatorType};
use falconer_domain::ledger::{BlockOutcome, Caps, Change, Release, SidRange};
use falconer_domain::request::Request;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::one_group::{Limits, merge, read};
use support::{admitted, ten, want};

/// Text with a liking for what would hurt: rule syntax, dots, digits, other scripts, control characters.
fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9._;\"()\\\\:,/@\\[\\] -]{0,40}",
        "[a-z]{1,8}\\.(example|com|ru)(\";\\)|\\.|\n|,|\u{3002})[a-z$]{0,8}",
        "\\PC{0,30}",
    ]
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        hostile_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(member(), inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Names that are read, so that the values are met.
fn member() -> impl Strategy<Value = String> {
    let known = [
        "Id",
        "ProductArn",
        "ProductFields",
        "Action",
        "NetworkConnectionAction",
        "RemoteIpDetails",
        "IpAddressV4",
        "PortProbeAction",
        "PortProbeDetails",
        "DnsRequestAction",
        "Domain",
        "ThreatIntelIndicators",
        "Type",
        "Value",
        "UserDefinedFields",
        "Note",
        "Text",
        "Types",
        "Severity",
        "Label",
        "Resources",
        "class_uid",
        "evidences",
        "query",
        "hostname",
        "dst_endpoint",
        "ip",
        "url",
        "url_string",
        "observables",
        "crowdstrike/crowdstrike-falcon/IOCType",
        "crowdstrike/crowdstrike-falcon/IOCValue",
        "action/portProbeAction/portProbeDetails:0/remoteIpDetails/ipAddressV4",
        "action/dnsRequestAction/domain",
    ];
    prop_oneof![4 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => hostile_text()]
}

fn indicator_type() -> impl Strategy<Value = IndicatorType> {
    prop::sample::select(vec![
        IndicatorType::Domain,
        IndicatorType::Ipv4,
        IndicatorType::Ipv6,
        IndicatorType::Ip,
        IndicatorType::Network,
    ])
}

fn admissible() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9]([a-z0-9_-]{0,20}[a-z0-9])?\\.(evil|wicked)\\.example",
        (0u8..=255).prop_map(|byte| format!("198.51.100.{byte}")),
        (0u8..=255).prop_map(|byte| format!("203.0.113.{byte}/28")),
        any::<u16>().prop_map(|group| format!("2001:db8:{group:x}::1")),
        any::<u16>().prop_map(|group| format!("2001:db8:{group:x}::/56")),
    ]
}

fn any_block() -> impl Strategy<Value = Block> {
    let requester = prop::sample::select(vec![Requester::Imported, Requester::Action, Requester::Manual]);
    let finding = prop_oneof![Just(FindingRef::Manual), hostile_text().prop_map(|id| FindingRef::of(&id, "arn"))];
    let causes = prop::collection::vec(finding, 1..6)
        .prop_map(|findings| findings.into_iter().map(Causes::from).reduce(|one, other| one.and(&other)).unwrap());
    let mode = prop::sample::select(vec![Mode::Drop, Mode::Alert]);
    let account = prop::option::of("[0-9]{12}");
    let hours_ago = 0i64..100;
    (admissible(), causes, requester, account, mode, hours_ago, 5i64..400_000).prop_map(
        |(text, causes, by, account, mode, hours, minutes)| {
            let created = ten() - SignedDuration::from_hours(hours);
            let ttl: Ttl = format!("{minutes}m").parse().unwrap();
            Block::new(admitted(&text), causes, by, mode, created, ttl)
                .about(account.map(|account| account.parse().unwrap()))
        },
    )
}

fn blocks() -> impl Strategy<Value = Vec<Block>> {
    prop::collection::vec(any_block(), 0..12)
}

/// Lines of others, with our marker now and then.
fn foreign_text() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("# comment\n".to_owned()),
        Just("\n".to_owned()),
        Just("pass tls any any -> any any (msg:\"theirs\"; sid:1000000000; rev:1;)\r\n".to_owned()),
        Just("drop ip any any <> 198.51.100.7 any (metadata:falconer block, f manual; sid:1000000007;)\n".to_owned()),
        "[a-z0-9 :;()\"$#]{0,30}\n",
    ];
    (prop::collection::vec(line, 0..6), "[a-z0-9 ]{0,5}").prop_map(|(lines, last)| lines.concat() + &last)
}

proptest! {
    #[test]
    fn no_text_makes_parsing_panic_and_what_parses_is_harmless(kind in indicator_type(), text in hostile_text()) {
        if let Ok(indicator) = Indicator::parse(kind, &text) {
            let harmless = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b':' | b'/');
            prop_assert!(indicator.to_string().bytes().all(harmless), "{indicator}");
            if let Indicator::Domain(name) = &indicator {
                prop_assert!(!name.as_str().contains([':', '/']) && name.as_str().len() <= 253);
            }
            let crossed: Indicator = serde_json::from_value(serde_json::to_value(&indicator).unwrap()).unwrap();
            prop_assert_eq!(crossed, indicator);
        }
    }

    #[test]
    fn no_json_makes_reading_a_request_panic(value in json_value(), findings in prop::collection::vec(json_value(), 0..3)) {
        let _ = Request::read(&value);
        let _ = Request::read(&json!({"indicators": value.clone(), "reason": "why"}));
        let event = json!({
            "source": "aws.securityhub", "detail-type": "Security Hub Findings - Imported",
            "detail": {"findings": findings}
        });
        let _ = Request::read(&event);
        let _ = Finding::read(&value, "detail.findings[0]");
    }

    #[test]
    fn a_finding_that_is_named_is_always_read(mut finding in json_value()) {
        if let Some(members) = finding.as_object_mut() {
            members.insert("Id".to_owned(), json!("id"));
            members.insert("ProductArn".to_owned(), json!("arn"));
            members.insert("finding_info".to_owned(), json!({"uid": "id"}));
            members.insert("metadata".to_owned(), json!({"uid": "uid", "product": {"uid": "arn"}}));
            prop_assert!(Finding::read(&finding, "detail.findings[0]").is_ok());
        }
    }

    #[test]
    fn what_is_rendered_reads_back_as_the_same_block(block in any_block(), quic in any::<bool>()) {
        let limits = Limits { quic, ..Limits::of_capacity(4) };
        let merged = merge("", &want([block.clone()]), Timestamp::MIN, &limits);
        let ledger = read(&merged.text);
        prop_assert_eq!(ledger.held().len(), 1);
        prop_assert_eq!(&ledger.held()[0].entry, block.entry());
        prop_assert_eq!(ledger.unreadable(), 0);
    }

    #[test]
    fn merging_its_own_output_changes_nothing(text in foreign_text(), wanted in blocks()) {
        let change = want(wanted);
        let limits = Limits { automatic: Some(Caps { per_hour: 2, per_account_per_hour: 1 }), ..Limits::of_capacity(20) };
        let once = merge(&text, &change, ten(), &limits);
        let twice = merge(&once.text, &change, ten(), &limits);
        prop_assert_eq!(&once.text, &twice.text);
        let nothing = merge(&once.text, &Change::default(), ten(), &limits);
        prop_assert_eq!(&once.text, &nothing.text);
    }

    #[test]
    fn the_order_of_requests_does_not_matter(text in foreign_text(), wanted in blocks()) {
        let reversed: Vec<Block> = wanted.iter().rev().cloned().collect();
        let limits = Limits::of_capacity(20);
        prop_assert_eq!(merge(&text, &want(wanted), ten(), &limits), merge(&text, &want(reversed), ten(), &limits));
    }

    #[test]
    fn one_after_the_other_holds_what_both_at_once_hold(one in blocks(), other in blocks()) {
        let limits = Limits::of_capacity(30_000);
        let both: Vec<Block> = one.iter().chain(&other).cloned().collect();
        let in_turn = merge(&merge("", &want(one), ten(), &limits).text, &want(other), ten(), &limits);
        let at_once = merge("", &want(both), ten(), &limits);
        let strength = |text: &str| {
            let mut held: Vec<_> = read(text).held().iter()
                .map(|held| (held.entry.indicator.clone(), held.entry.expires, held.entry.mode)).collect();
            held.sort();
            held
        };
        prop_assert_eq!(strength(&in_turn.text), strength(&at_once.text));
    }

    #[test]
    fn foreign_lines_survive_everything_and_limits_hold(
        text in foreign_text(), wanted in blocks(), rules in 0usize..30, bytes in 0usize..4_000, later in 0i64..300,
        quic in any::<bool>(),
    ) {
        let automatic = Some(Caps { per_hour: rules / 2, per_account_per_hour: 2 });
        let sids = SidRange::new(1_000_000_000, 1_000_000_063).unwrap();
        let limits = Limits { rules, bytes, sids, quic, automatic };
        let merged = merge(&text, &want(wanted.clone()), ten(), &limits);
        prop_assert!(merged.text.starts_with(&text));
        if merged.text != text {
            prop_assert!(merged.text.len() <= bytes && merged.report.rules[0] <= rules);
        }
        for report in &merged.report.blocks {
            let in_text = read(&merged.text).held().iter().filter(|held| held.entry.indicator == report.indicator).count();
            let is_held = matches!(report.outcome, BlockOutcome::Added | BlockOutcome::Extended | BlockOutcome::Promoted | BlockOutcome::Kept);
            prop_assert_eq!(in_text, usize::from(is_held));
        }
        let released = wanted.iter().map(|block| Release::Block(block.entry().indicator.clone())).collect();
        let now = ten() + SignedDuration::from_hours(later);
        let emptied = merge(&merged.text, &Change { wanted: Vec::new(), released }, now, &limits);
        prop_assert_eq!(emptied.text.trim_end(), text.trim_end());
    }

    #[test]
    fn signature_ids_in_the_text_are_unique(text in foreign_text(), wanted in blocks()) {
        let limits = Limits { sids: SidRange::new(1_000_000_000, 1_000_000_063).unwrap(), ..Limits::of_capacity(30_000) };
        let merged = merge(&text, &want(wanted), ten(), &limits);
        let mut sids: Vec<u32> = read(&merged.text).held().iter().flat_map(|held| held.sids.clone()).collect();
        let count = sids.len();
        sids.sort_unstable();
        sids.dedup();
        prop_assert_eq!(sids.len(), count);
        prop_assert!(!sids.iter().any(|sid| text.contains(&sid.to_string())));
    }
}
