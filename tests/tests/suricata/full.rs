//! Ten thousand blocks, which take several groups, and the engine loads all of them.

use falconer_domain::block::{Block, Mode};
use falconer_domain::ledger::{BlockOutcome, Change};

use crate::blocks::{block, merged_in, ten};
use crate::engine::Engine;
use crate::traffic::{Fate, Traffic, Way, blocked};

/// Names, IPv4 addresses, IPv6 addresses and networks: 10,000 of them, of which no two are neighbours.
const DOMAINS: u32 = 5_000;
const IPV4_ADDRESSES: u32 = 256;
const IPV6_ADDRESSES: u32 = 2_744;
const IPV6_NETWORKS: u32 = 2_000;

fn domain(number: u32) -> String {
    format!("c2-{number}.a-name-of-usual-length.example")
}

/// An even address in one of two documentation networks, or the odd one after it.
fn ipv4(number: u32, after: u32) -> String {
    let network = if number < IPV4_ADDRESSES / 2 { "198.51.100" } else { "203.0.113" };
    format!("{network}.{}", number % (IPV4_ADDRESSES / 2) * 2 + after)
}

fn ipv6(number: u32, after: u32) -> String {
    format!("2001:db8:66:{:x}::{:x}", number / 100, number % 100 * 2 + after)
}

fn ipv6_network(number: u32) -> String {
    format!("2001:db8:77:{:x}::/64", number * 2)
}

#[test]
fn ten_thousand_blocks_in_several_groups_block_exactly_what_they_name() {
    let Some(engine) = Engine::installed("full") else { return };
    let domains = (0..DOMAINS).map(domain);
    let addresses = (0..IPV4_ADDRESSES).map(|number| ipv4(number, 0)).chain((0..IPV6_ADDRESSES).map(|n| ipv6(n, 0)));
    let indicators: Vec<String> = domains.chain(addresses).chain((0..IPV6_NETWORKS).map(ipv6_network)).collect();
    assert_eq!(indicators.len(), 10_000);
    let groups = groups(indicators.iter().map(|indicator| block(indicator, Mode::Drop, ten())).collect());
    assert!(groups.len() > 1, "{} groups", groups.len());
    let text = groups.concat();
    let rules = 4 * DOMAINS + IPV4_ADDRESSES + IPV6_ADDRESSES + IPV6_NETWORKS;
    assert_eq!(text.lines().count(), rules as usize);

    let mut traffic = Traffic::through(&text);
    for number in 0..DOMAINS {
        let (name, way) = (domain(number), Way::ALL[number as usize % Way::ALL.len()]);
        traffic.ask(way, &name, blocked(&name));
        traffic.ask(way, &format!("not{name}"), Fate::Passes);
    }
    for (address, after) in (0..IPV4_ADDRESSES).map(|number| (ipv4(number, 0), ipv4(number, 1))) {
        traffic.visit(&address, blocked(&address));
        traffic.visit(&after, Fate::Passes);
    }
    for (address, after) in (0..IPV6_ADDRESSES).map(|number| (ipv6(number, 0), ipv6(number, 1))) {
        traffic.visit(&address, blocked(&address));
        traffic.visit(&after, Fate::Passes);
    }
    for number in 0..IPV6_NETWORKS {
        let inside = format!("2001:db8:77:{:x}:ffff::1", number * 2);
        traffic.visit(&inside, blocked(&ipv6_network(number)));
        traffic.visit(&format!("2001:db8:77:{:x}::", number * 2 + 1), Fate::Passes);
    }
    traffic.meets(&engine);
}

/// As many groups as it takes.
fn groups(wanted: Vec<Block>) -> Vec<String> {
    let (texts, report) = merged_in(&[""; 6], &Change { wanted, released: Vec::new() }, ten());
    assert!(report.blocks.iter().all(|block| block.outcome == BlockOutcome::Added));
    texts.into_iter().filter(|text| !text.is_empty()).collect()
}
