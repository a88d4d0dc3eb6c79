//! The hunt rule group: what is hunted is reported and passes, and its records lead to findings.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use falconer_domain::hits::{AlertLog, Signatures};
use falconer_domain::hunt::{HuntChange, HuntGroup, HuntList, HuntRules, IntelRecord, merge};
use falconer_domain::ledger::{Ledger, Limits, SidRange};
use falconer_tests::capture::Flow;
use serde_json::{Value, json};

use crate::blocks::{GUARD, dropping};
use crate::engine::Engine;
use crate::traffic::{CLIENT, Fate, Traffic, Way, blocked, reported};

/// What a team keeps in the same group.
const FOREIGN: &str =
    "alert dns any any -> any any (msg:\"watched\"; dns.query; content:\"watched.example\"; sid:8; rev:1;)\n";

fn record<'a>(indicator: &'a str, actors: &'a [String], reports: &'a [String]) -> IntelRecord<'a> {
    let kind = match (indicator.contains('/'), indicator.parse::<IpAddr>()) {
        (true, _) => "ip_address_block",
        (false, Ok(_)) => "ip_address",
        (false, Err(_)) => "domain",
    };
    let last_updated = 1_768_471_200;
    IntelRecord {
        indicator,
        kind,
        malicious_confidence: "high",
        last_updated,
        actors,
        reports,
        ..IntelRecord::default()
    }
}

/// The text of a group in which two hunts stand beside a team's rule; one indicator is of both.
fn hunting() -> String {
    // Whoever names an actor may write anything; the rule must be loaded all the same.
    let (actors, reports) = (["Fancy \"Bear\"; sid:1;)".to_owned()], ["CSIT-24001".to_owned()]);
    let list = |indicators: &[&str]| {
        let mut list = HuntList::new(&GUARD, true);
        indicators.iter().for_each(|indicator| list.add(&record(indicator, &actors, &reports)));
        list.rank()
    };
    let refreshed = [
        ("bear", list(&["evil.example", "xn--bcher-kva.example", "198.51.100.0/24"])),
        ("industry:energy", list(&["evil.example", "203.0.113.7", "2001:db8:7::7"])),
    ];
    let refreshed = refreshed.map(|(hunt, list)| (hunt.parse().unwrap(), list)).into();
    let change = HuntChange { refreshed, hunts: None };
    merge(FOREIGN, Limits::of_capacity(30_000), &change, &HuntRules::default()).text
}

/// Traffic to what is hunted, and beside it.
fn traffic(text: &str) -> Traffic<'_> {
    let mut traffic = Traffic::through(text);
    for way in Way::ALL {
        for name in ["evil.example", "www.evil.example", "WWW.Evil.Example"] {
            traffic.ask(way, name, reported("evil.example"));
        }
        // The capture's server answers a datagram with the same one, and between addresses that are no organization's own
        // whoever sends a query is its client.
        if way != Way::DnsOverUdp {
            traffic.ask_over_ipv6(way, "evil.example", reported("evil.example"));
        }
        traffic.ask(way, "xn--bcher-kva.example", reported("xn--bcher-kva.example"));
        for name in ["notevil.example", "evil.example.org.example", "evil", "good.example"] {
            traffic.ask(way, name, Fate::Passes);
        }
    }
    traffic.visit("198.51.100.200", reported("198.51.100.0/24"));
    traffic.visit("198.51.101.1", Fate::Passes);
    traffic.visit("203.0.113.7", reported("203.0.113.7"));
    traffic.visit("203.0.113.8", Fate::Passes);
    traffic.visit("2001:db8:7::7", reported("2001:db8:7::7"));
    traffic.visit("2001:db8:7::8", Fate::Passes);
    let begins = SocketAddr::from(([198, 51, 100, 9], 40_001));
    let from_outside = Flow::udp(begins, SocketAddr::from((CLIENT, 4500)), b"anything");
    traffic.connect("from a hunted network", from_outside, reported("198.51.100.0/24"));
    traffic
}

/// The engine's records as Network Firewall puts them into its alert log.
fn logged(records: Vec<Value>) -> Value {
    let logged = |record: Value| {
        let zone = "us-east-1a";
        json!({ "firewall_name": "falconer-egress", "availability_zone": zone, "event_timestamp": "0", "event": record })
    };
    json!({ "records": records.into_iter().map(logged).collect::<Vec<_>>() })
}

#[test]
fn what_is_hunted_is_reported_and_only_that_and_all_of_it_passes() {
    let Some(engine) = Engine::installed("hunted") else { return };
    let text = hunting();
    assert_eq!(engine.load(&text), 1 + 4 + 4 + 1 + 1 + 1);
    traffic(&text).meets(&engine);
}

#[test]
fn the_engines_records_lead_to_a_finding_for_each_workload_and_indicator() {
    let Some(engine) = Engine::installed("hits") else { return };
    let text = hunting();
    let log = logged(traffic(&text).meets(&engine));
    let records = log["records"].as_array().unwrap().len();
    let (ledger, hunts) = (Ledger::read([("falconer-block", "")]), HuntGroup::read(&text));
    let log = AlertLog::read(&log).unwrap();
    assert_eq!(log.left_out, Default::default());
    let met = Signatures::of(&ledger, &hunts, SidRange::BLOCKS, SidRange::HUNTS).meet(&log);
    assert_eq!((met.foreign, met.unknown), (0, 0));
    let findings: Vec<_> = met.hits.iter().map(|hit| hit.finding(None).unwrap()).collect();
    let told: BTreeSet<(String, &str, &str)> = findings
        .iter()
        .map(|finding| {
            let field = |name: &str| finding.product_fields[&format!("falconer/{name}")].as_str();
            (finding.workload.to_string(), field("indicator"), field("hunts"))
        })
        .collect();
    let expected = [
        ("10.0.1.23", "198.51.100.0/24", "bear"),
        ("10.0.1.23", "203.0.113.7", "industry:energy"),
        ("10.0.1.23", "evil.example", "bear industry:energy"),
        ("10.0.1.23", "xn--bcher-kva.example", "bear"),
        ("2001:db8:a::23", "2001:db8:7::7", "industry:energy"),
        ("2001:db8:a::23", "evil.example", "bear industry:energy"),
    ];
    assert_eq!(told, expected.map(|(workload, indicator, hunts)| (workload.to_owned(), indicator, hunts)).into());
    let field = |finding: &falconer_domain::hits::HitFinding, name: &str| finding.product_fields[name].clone();
    let counted: usize =
        findings.iter().map(|finding| field(finding, "falconer/allowed").parse::<usize>().unwrap()).sum();
    assert_eq!(counted, records, "each record counts once");
    assert!(findings.iter().all(|finding| field(finding, "falconer/actor") == "Fancy-Bear-sid-1"));
    let evil = findings.iter().find(|finding| finding.title == "10.0.1.23 met the hunt for evil.example").unwrap();
    assert_eq!(field(evil, "falconer/names"), "evil.example www.evil.example");
    assert!(field(evil, "falconer/ports").starts_with("53 80 443"));
}

#[test]
fn the_engines_records_of_a_block_lead_to_its_finding() {
    let Some(engine) = Engine::installed("block-hits") else { return };
    let text = dropping(&["evil.example", "198.51.100.7"]);
    let mut traffic = Traffic::through(&text);
    for way in Way::ALL {
        traffic.ask(way, "www.evil.example", blocked("evil.example"));
    }
    traffic.visit("198.51.100.7", blocked("198.51.100.7"));
    let log = AlertLog::read(&logged(traffic.meets(&engine))).unwrap();
    let ledger = Ledger::read([("falconer-block", text.as_str())]);
    let met = Signatures::of(&ledger, &HuntGroup::read(""), SidRange::BLOCKS, SidRange::HUNTS).meet(&log);
    let findings: Vec<_> = met.hits.iter().map(|hit| hit.finding(None).unwrap()).collect();
    let titles: BTreeSet<&str> = findings.iter().map(|finding| finding.title.as_str()).collect();
    assert_eq!(titles, ["10.0.1.23 met the block of 198.51.100.7", "10.0.1.23 met the block of evil.example"].into());
    assert!(findings.iter().all(|finding| !finding.product_fields.contains_key("falconer/allowed")
        || finding.product_fields["falconer/allowed"] == "0"));
}
