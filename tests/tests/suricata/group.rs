//! Whole groups: beside other people's rules, in both modes and orders, grown and shrunk.

use falconer_domain::block::{Causes, Mode};
use falconer_domain::ledger::{Change, Release};
use jiff::SignedDuration;

use crate::blocks::{beside, block, block_for, finding, merged, ten};
use crate::engine::{BLOCKS_FIRST, Engine};
use crate::traffic::{By, Fate, Traffic, Way, blocked, reported};

/// What a team keeps in the same group: it lets its partner's names pass, reports one of them, and drops an address.
const FOREIGN: &str = r#"# rules of the team
pass tls $HOME_NET any -> any any (msg:"partner"; tls.sni; content:"partner.wicked.example"; startswith; endswith; sid:7; rev:1;)
alert dns any any -> any any (msg:"watched"; dns.query; content:"watched.example"; sid:8; rev:1;)
drop ip any any -> 203.0.113.66 any (msg:"theirs"; sid:9; rev:3;)
"#;

#[test]
fn in_mode_alert_the_same_traffic_is_reported_and_passes() {
    let Some(engine) = Engine::installed("mode-alert") else { return };
    let text = beside("", Mode::Alert, &["evil.example", "198.51.100.0/24"]);
    let mut traffic = Traffic::through(&text);
    for way in Way::ALL {
        traffic.ask(way, "www.evil.example", reported("evil.example"));
        traffic.ask(way, "notevil.example", Fate::Passes);
    }
    traffic.visit("198.51.100.7", reported("198.51.100.0/24"));
    traffic.visit("203.0.113.7", Fate::Passes);
    traffic.meets(&engine);
}

#[test]
fn a_block_that_was_reported_first_and_then_dropped_drops() {
    let Some(engine) = Engine::installed("promoted") else { return };
    let watched = beside("", Mode::Alert, &["evil.example"]);
    let text = beside(&watched, Mode::Drop, &["evil.example"]);
    let mut traffic = Traffic::through(&text);
    for way in Way::ALL {
        traffic.ask(way, "evil.example", blocked("evil.example"));
    }
    traffic.meets(&engine);
}

#[test]
fn foreign_rules_beside_ours_keep_working() {
    let Some(engine) = Engine::installed("foreign") else { return };
    let text = beside(FOREIGN, Mode::Drop, &["evil.example", "wicked.example", "198.51.100.7"]);
    let mut traffic = Traffic::through(&text);
    for way in Way::ALL {
        traffic.ask(way, "evil.example", blocked("evil.example"));
    }
    traffic.ask(Way::Tls, "wicked.example", blocked("wicked.example"));
    // In the default order whatever somebody lets pass has passed before a block is asked.
    traffic.ask(Way::Tls, "partner.wicked.example", Fate::Passes);
    traffic.ask(Way::Http, "partner.wicked.example", blocked("wicked.example"));
    traffic.ask(Way::DnsOverUdp, "watched.example", Fate::Reported(By::Foreign(8)));
    traffic.visit("203.0.113.66", Fate::Blocked(By::Foreign(9)));
    traffic.visit("203.0.113.67", Fate::Passes);
    traffic.visit("198.51.100.7", blocked("198.51.100.7"));
    traffic.meets(&engine);
}

#[test]
fn where_blocks_come_first_nothing_that_others_let_pass_slips_by() {
    let Some(engine) = Engine::installed("blocks-first") else { return };
    let text = beside(FOREIGN, Mode::Drop, &["wicked.example"]);
    let engine = engine.in_order(BLOCKS_FIRST);
    let mut traffic = Traffic::through(&text);
    traffic.ask(Way::Tls, "wicked.example", blocked("wicked.example"));
    traffic.ask(Way::Tls, "partner.wicked.example", blocked("wicked.example"));
    traffic.ask(Way::DnsOverUdp, "watched.example", Fate::Reported(By::Foreign(8)));
    traffic.visit("203.0.113.66", Fate::Blocked(By::Foreign(9)));
    traffic.meets(&engine);
}

#[test]
fn what_expired_or_was_released_passes_and_what_was_merged_later_is_blocked() {
    let Some(engine) = Engine::installed("merged") else { return };
    let text = beside(FOREIGN, Mode::Drop, &["first.example", "released.example", "extended.example", "198.51.100.7"]);
    let noon = ten() + SignedDuration::from_hours(2);
    let asked_again = ["extended.example", "198.51.100.0/28"].map(|indicator| block(indicator, Mode::Drop, noon));
    let change =
        Change { wanted: asked_again.into(), released: vec![Release::Block("released.example".parse().unwrap())] };
    let text = merged(&text, &change, noon).0;
    let next_morning = ten() + SignedDuration::from_hours(25);
    let (text, report) = merged(&text, &Change::default(), next_morning);
    assert_eq!(report.expired.len(), 2);
    let mut traffic = Traffic::through(&text);
    for way in Way::ALL {
        traffic.ask(way, "first.example", Fate::Passes);
        traffic.ask(way, "released.example", Fate::Passes);
        traffic.ask(way, "extended.example", blocked("extended.example"));
    }
    traffic.visit("198.51.100.7", blocked("198.51.100.0/28"));
    traffic.visit("198.51.100.16", Fate::Passes);
    traffic.visit("203.0.113.66", Fate::Blocked(By::Foreign(9)));
    traffic.meets(&engine);
}

#[test]
fn a_block_that_many_findings_asked_for_tells_them_all() {
    let Some(engine) = Engine::installed("causes") else { return };
    let causes = (1..6).map(|number| finding(&number.to_string())).fold(finding("0").into(), Causes::with);
    let wanted = ["evil.example", "198.51.100.7"].map(|name| block_for(name, causes.clone(), Mode::Drop, ten())).into();
    let text = merged("", &Change { wanted, released: Vec::new() }, ten()).0;
    let mut traffic = Traffic::through(&text);
    traffic.ask(Way::Tls, "evil.example", blocked("evil.example"));
    traffic.visit("198.51.100.7", blocked("198.51.100.7"));
    traffic.meets(&engine);
}
