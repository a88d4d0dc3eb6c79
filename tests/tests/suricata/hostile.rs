//! An attacker writes the findings: whatever stands in any of their fields, the engine takes the group, and holds the rules
//! of the admitted indicators and not one more.

use std::collections::BTreeSet;
use std::fmt;

use falconer_domain::block::{Block, FindingRef, Mode};
use falconer_domain::indicator::Indicator;
use falconer_domain::ledger::{Change, Ledger};
use falconer_domain::request::Request;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::blocks::{GUARD, merged, ten};
use crate::engine::Engine;

/// How many findings meet the engine at once, and how many times.
const FINDINGS: usize = 400;
const LOADS: u32 = 4;

/// What would break out of a rule, a metadata value, a line, a comment or a list if it ever got there.
const BREAKS: [&str; 20] = [
    "\";) drop ip any any -> any any (sid:1;)",
    "\"; sid:1; rev:1;)\ndrop ip any any -> any any (sid:2;)",
    "\r\npass ip any any <> any any (sid:3;)\r\n",
    "; priority:1",
    ", by manual",
    "\\",
    "\\\";",
    "|3b 29|",
    "$HOME_NET",
    "![",
    "]",
    "#",
    "*.",
    "/0",
    "/24",
    " any",
    "%0a",
    "\u{3002}",
    "\u{202e}",
    "\0",
];

/// A name that may well be blocked.
fn name() -> BoxedStrategy<String> {
    prop_oneof![
        "[a-z0-9]{1,12}(\\.[a-zA-Z0-9_]{1,12}){0,3}\\.(example|com|ru|xyz)",
        "b[\u{fc}\u{f6}]{1,4}cher[a-z]{0,4}\\.example",
    ]
    .boxed()
}

/// An address that may well be blocked.
fn address() -> BoxedStrategy<String> {
    prop_oneof![
        3 => (45u8..100, any::<u8>(), any::<u8>()).prop_map(|(one, two, three)| format!("{one}.{two}.100.{three}")),
        1 => any::<u8>().prop_map(|host| format!("203[.]0[.]113[.]{host}")),
        1 => (any::<u16>(), any::<u16>()).prop_map(|(network, host)| format!("2001:db8:{network:x}::{host:x}")),
    ]
    .boxed()
}

/// One of them as it is, or with something in it, around it or instead of it.
fn text(honest: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let cut_in = (honest.clone(), prop::sample::select(BREAKS.to_vec()), honest.clone(), 0..4u8);
    let cut_in = cut_in.prop_map(|(one, breaks, other, form)| match form {
        0 => format!("{one}{breaks}"),
        1 => format!("{breaks}{one}"),
        2 => format!("{one}{breaks}{other}"),
        _ => format!("{one},{other}{breaks},{one}"),
    });
    let of_url = (honest.clone(), text_of_any_kind()).prop_map(|(host, rest)| format!("hxxps://{host}/{rest}"));
    prop_oneof![3 => honest, 3 => cut_in, 1 => of_url, 2 => text_of_any_kind()]
}

fn text_of_any_kind() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z.;\"()\\\\:,/ -]{0,30}", "\\PC{0,30}"]
}

fn word(known: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![9 => prop::sample::select(known).prop_map(str::to_owned), 1 => text_of_any_kind()]
}

/// A finding with such a text in every field that Falconer reads, and in those beside them.
fn finding() -> impl Strategy<Value = Value> {
    let either = || prop_oneof![name(), address()].boxed();
    let names = (text_of_any_kind(), text_of_any_kind(), text(either()), text(either()));
    let account = word(&["111122223333", "444455556666"]);
    let falcon = (word(&["domain", "ipv4", "ipv6", "hash_sha256"]), text(either()));
    let threat_intel = (word(&["DOMAIN", "IPV4_ADDRESS", "IPV6_ADDRESS", "URL", "HASH_MD5"]), text(either()));
    let guardduty = (text(address()), text(address()), text(name()), text(address()), text(name()));
    (names, account, falcon, threat_intel, guardduty).prop_map(|(names, account, falcon, threat_intel, guardduty)| {
        let (id, product_arn, title, note) = names;
        let (connection, probe, dns, connection_field, dns_field) = guardduty;
        json!({
            "Id": format!("id {id}"),
            "ProductArn": format!("arn {product_arn}"),
            "AwsAccountId": account,
            "Title": &title,
            "Description": &note,
            "Types": [&title],
            "Severity": { "Label": &title },
            "Resources": [{ "Type": &title, "Id": &note }],
            "Note": { "Text": &note, "UpdatedBy": &title },
            "UserDefinedFields": { &title: &note },
            "ThreatIntelIndicators": [{ "Type": threat_intel.0, "Value": threat_intel.1 }],
            "Action": {
                "NetworkConnectionAction": { "RemoteIpDetails": { "IpAddressV4": connection } },
                "PortProbeAction": { "PortProbeDetails": [{ "RemoteIpDetails": { "IpAddressV4": probe } }] },
                "DnsRequestAction": { "Domain": dns },
            },
            "ProductFields": {
                "crowdstrike/crowdstrike-falcon/IOCType": falcon.0,
                "crowdstrike/crowdstrike-falcon/IOCValue": falcon.1,
                "aws/guardduty/service/action/networkConnectionAction/remoteIpDetails/ipAddressV4": connection_field,
                "aws/guardduty/service/action/dnsRequestAction/domain": dns_field,
            },
        })
    })
}

/// Findings that do not fill the screen: what the engine says of a rule tells more, and their values stand in that rule.
struct Findings(Vec<Value>);

impl fmt::Debug for Findings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} findings", self.0.len())
    }
}

/// The blocks that come out of one finding, each with the finding's reference.
fn blocks(finding: &Value) -> Vec<Block> {
    let event = json!({
        "source": "aws.securityhub",
        "detail-type": "Security Hub Findings - Imported",
        "detail": { "findings": [finding] },
    });
    let request = Request::read(&event).unwrap();
    let named = &request.findings[0];
    let reference = FindingRef::of(&named.id, &named.product_arn);
    let admitted = request.candidates.into_iter().filter_map(|candidate| GUARD.admit(candidate.indicator).ok());
    let block = |indicator| {
        let ttl = "24h".parse().unwrap();
        Block::new(indicator, reference.clone(), request.origin.requester(), Mode::Drop, ten(), ttl)
            .about(named.account_id)
    };
    admitted.map(block).collect()
}

/// How many rules an indicator is, said once more and not by the code that writes them.
fn rules(indicator: &Indicator) -> usize {
    match indicator {
        Indicator::Domain(_) => ["TLS", "HTTP", "DNS", "QUIC"].len(),
        Indicator::Network(_) => 1,
    }
}

#[test]
fn no_text_in_a_finding_becomes_a_rule_that_nobody_meant() {
    let Some(engine) = Engine::installed("hostile") else { return };
    // What fails is not made smaller: each step would start the engine, which names the rule at fault anyway.
    let config = Config { cases: LOADS, max_shrink_iters: 0, failure_persistence: None, ..Config::default() };
    let findings = prop::collection::vec(finding(), FINDINGS).prop_map(Findings);
    let outcome = TestRunner::new(config).run(&findings, |Findings(findings)| {
        let wanted: Vec<Block> = findings.iter().flat_map(blocks).collect();
        let meant: BTreeSet<Indicator> = wanted.iter().map(|block| block.entry().indicator.clone()).collect();
        prop_assert!(meant.len() > FINDINGS, "only {} indicators were admitted: this shows little", meant.len());
        let text = merged("", &Change { wanted, released: Vec::new() }, ten()).0;
        let ledger = Ledger::read([("falconer-block", text.as_str())]);
        let held: BTreeSet<Indicator> = ledger.held().iter().map(|held| held.entry.indicator.clone()).collect();
        prop_assert_eq!(&held, &meant);
        let expected: usize = meant.iter().map(rules).sum();
        prop_assert_eq!(text.lines().count(), expected);
        prop_assert_eq!(engine.load(&text), expected);
        Ok(())
    });
    outcome.unwrap();
}
