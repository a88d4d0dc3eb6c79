//! What the hunt rule group's text looks like, and what of it is ours.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/hunts.rs"]
mod hunts;

use falconer_domain::hunt::{HuntChange, HuntGroup, HuntRules, IntelRecord, Ranked};
use falconer_domain::ledger::{Ledger, SidRange};
use hunts::{hunted, merge, name, ranked, record, refresh, roomy};

fn of_fancy_bear(indicator: &str, list: impl Fn(&[IntelRecord<'_>]) -> Ranked) -> HuntChange {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let (actors, malware, reports) = (texts(&["", "FANCY BEAR"]), texts(&["X-Agent"]), texts(&["CSA-18538", "CSA-1"]));
    let record = IntelRecord { actors: &actors, malware_families: &malware, reports: &reports, ..record(indicator) };
    HuntChange { refreshed: [(name("fancy-bear"), list(&[record]))].into(), hunts: None }
}

#[test]
fn a_domain_becomes_four_alert_rules_and_a_network_one() {
    let first = merge("", &of_fancy_bear("evil.example", ranked)).text;
    let text = merge(&first, &refresh([("energy", vec!["198.51.100.7"])])).text;
    let expected = r#"alert tls any any -> any any (msg:"Falconer hunt evil.example"; flow:to_server,established; tls.sni; dotprefix; content:".evil.example"; nocase; pcre:"/^\.?$/R"; metadata:falconer hunt, h fancy-bear, t 20260115, k high, a FANCY-BEAR, m X-Agent, r CSA-18538; sid:SID; rev:2;)
alert http any any -> any any (msg:"Falconer hunt evil.example"; flow:to_server,established; http.host; dotprefix; content:".evil.example"; pcre:"/^\.?$/R"; metadata:falconer hunt-part; sid:SID; rev:2;)
alert dns any any -> any any (msg:"Falconer hunt evil.example"; dns.query; dotprefix; content:".evil.example"; nocase; endswith; metadata:falconer hunt-part; sid:SID; rev:2;)
alert quic any any -> any any (msg:"Falconer hunt evil.example"; quic.sni; dotprefix; content:".evil.example"; nocase; endswith; metadata:falconer hunt-part; sid:SID; rev:2;)
alert ip any any <> 198.51.100.7 any (msg:"Falconer hunt 198.51.100.7"; metadata:falconer hunt, h energy, t 20260115, k high; sid:SID; rev:1;)
"#;
    let sids: Vec<u32> = HuntGroup::read(&text).hunted().iter().flat_map(|hunted| hunted.sids.clone()).collect();
    assert!(sids.iter().all(|sid| (2_000_000_000..2_100_000_000).contains(sid)), "{sids:?}");
    assert_eq!(sids.iter().fold(text, |text, sid| text.replace(&sid.to_string(), "SID")), expected);
}

#[test]
fn what_is_written_is_read_back_whole() {
    let text = merge("", &of_fancy_bear("evil.example", ranked)).text;
    let group = HuntGroup::read(&text);
    let hunted = &group.hunted()[0];
    let labels = [&hunted.details.actor, &hunted.details.malware, &hunted.details.report];
    let labels = labels.map(|label| label.as_ref().map(ToString::to_string));
    assert_eq!(labels, ["FANCY-BEAR", "X-Agent", "CSA-18538"].map(|label| Some(label.to_owned())));
    assert_eq!((hunted.details.updated.to_string().as_str(), group.unreadable(), group.rules()), ("2026-01-15", 0, 4));
}

#[test]
fn signature_ids_follow_from_the_indicator_and_give_way_to_those_of_others() {
    let change = refresh([("energy", vec!["evil.example"])]);
    let sids = |text: &str| HuntGroup::read(text).hunted()[0].sids.clone();
    let alone = sids(&merge("", &change).text);
    let among_others = refresh([("energy", vec!["a.example", "evil.example", "z.example"])]);
    let text = merge("", &among_others).text;
    assert!(HuntGroup::read(&text).hunted().iter().any(|hunted| hunted.sids == alone));
    let foreign = format!("drop tcp any any -> any any (msg:\"theirs\"; sid:{}; rev:1;)\n", alone[2]);
    let beside = merge(&foreign, &change).text;
    assert!(sids(&beside).iter().all(|sid| !alone.contains(sid)));
    assert!(beside.starts_with(&foreign));
}

#[test]
fn without_a_free_signature_id_an_indicator_is_left_out() {
    let rules = HuntRules { sids: SidRange::new(100, 107).unwrap(), quic: true };
    let change = refresh([("energy", vec!["a.example", "b.example", "c.example"])]);
    let merged = falconer_domain::hunt::merge("", roomy(), &change, &rules);
    assert_eq!(hunted(&merged.text), ["a.example: energy", "b.example: energy"]);
    assert_eq!(merged.hunts[&name("energy")].left_out, 1);
}

#[test]
fn rules_that_a_person_has_edited_are_foreign_and_counted() {
    let text = merge("", &refresh([("energy", vec!["evil.example"])])).text;
    let edits = [
        text.replace("h energy", "h energy+"),
        text.replace("k high", "k HIGH"),
        text.replacen("alert dns", "#alert dns", 1),
        text.replacen("alert http", "drop http", 1),
        text.replacen("rev:2", "rev:1", 1),
        text.replace("t 20260115", "t 20269915"),
    ];
    for edited in edits {
        assert_eq!((hunted(&edited).len(), HuntGroup::read(&edited).unreadable()), (0, 4), "{edited}");
        let emptied = merge(&edited, &refresh([("energy", vec![])]));
        assert_eq!((emptied.text, emptied.unreadable), (edited, 4));
    }
}

#[test]
fn hunts_and_blocks_leave_each_others_rules_alone() {
    let hunt = merge("", &refresh([("energy", vec!["evil.example"])])).text;
    let ledger = Ledger::read([("falconer-block", hunt.as_str())]);
    assert_eq!((ledger.held().len(), ledger.unreadable()), (0, 4));
    let block =
        hunt.replace("alert ", "drop ").replace("Falconer hunt ", "Falconer ").replace("hunt-part", "part").replace(
            "hunt, h energy, t 20260115, k high",
            "block, f manual, c 20260115T100000Z, x 20260116T100000Z, by manual",
        );
    assert_eq!(Ledger::read([("falconer-block", block.as_str())]).held().len(), 1);
    assert_eq!(merge(&block, &refresh([("energy", vec![])])).text, block);
}
