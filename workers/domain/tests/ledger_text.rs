//! What the rule group's text looks like, and what of it is ours.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use falconer_domain::block::{Block, FindingRef, Mode, Requester};
use falconer_domain::ledger::{BlockOutcome, Change, Held, ReleaseOutcome, SidRange};
use support::one_group::{Limits, Merged, NAME, merge, read, roomy};
use support::{admitted, block, drop, imported, release, ten, time, want};

fn merged(text: &str, change: &Change) -> Merged {
    merge(text, change, ten(), &roomy())
}

fn held(text: &str) -> Vec<String> {
    read(text).held().iter().map(|held| held.entry.indicator.to_string()).collect()
}

#[test]
fn a_domain_becomes_four_rules_and_a_network_one() {
    let text = merged("", &want([drop("evil.example"), drop("198.51.100.7"), drop("2001:db8:7::/48")])).text;
    let finding = FindingRef::of("finding-1", "arn:aws:securityhub:us-east-1::product/acme/probe");
    let everything =
        format!("metadata:falconer block, f {finding}, c 20260115T100000Z, x 20260116T100000Z, by action;");
    let expected = format!(
        r#"drop tls any any -> any any (msg:"Falconer evil.example"; flow:to_server,established; tls.sni; dotprefix; content:".evil.example"; nocase; pcre:"/^\.?$/R"; {everything} sid:SID; rev:2;)
drop http any any -> any any (msg:"Falconer evil.example"; flow:to_server,established; http.host; dotprefix; content:".evil.example"; pcre:"/^\.?$/R"; metadata:falconer part; sid:SID; rev:2;)
drop dns any any -> any any (msg:"Falconer evil.example"; dns.query; dotprefix; content:".evil.example"; nocase; endswith; metadata:falconer part; sid:SID; rev:2;)
drop quic any any -> any any (msg:"Falconer evil.example"; quic.sni; dotprefix; content:".evil.example"; nocase; endswith; metadata:falconer part; sid:SID; rev:2;)
drop ip any any <> 198.51.100.7 any (msg:"Falconer 198.51.100.7"; {everything} sid:SID; rev:1;)
drop ip any any <> 2001:db8:7::/48 any (msg:"Falconer 2001:db8:7::/48"; {everything} sid:SID; rev:1;)
"#
    );
    let sids: Vec<u32> = read(&text).held().iter().flat_map(|held| held.sids.clone()).collect();
    let without_sids = sids.iter().fold(text, |text, sid| text.replace(&sid.to_string(), "SID"));
    assert_eq!(without_sids, expected);
}

/// Without a rule for QUIC, as a worker writes it that is told to, or that is older than this rule.
fn without_quic(indicators: &[&str]) -> String {
    let limits = Limits { quic: false, ..roomy() };
    merge("", &want(indicators.iter().map(|indicator| drop(indicator))), ten(), &limits).text
}

#[test]
fn without_quic_a_domain_is_three_rules_of_the_first_revision() {
    let (without, with) = (without_quic(&["evil.example"]), merged("", &want([drop("evil.example")])).text);
    let three: Vec<&str> = with.lines().take(3).collect();
    assert_eq!(without, three.join("\n").replace("rev:2", "rev:1") + "\n");
    assert_eq!(without_quic(&["198.51.100.7"]), merged("", &want([drop("198.51.100.7")])).text);
}

#[test]
fn a_block_without_quic_is_whole_and_keeps_its_three_rules() {
    let text = without_quic(&["evil.example", "wicked.example"]);
    assert_eq!((held(&text).len(), read(&text).unreadable()), (2, 0));
    assert_eq!(merged(&text, &want([drop("evil.example")])).text, text);
    let extended = merged(&text, &want([block("evil.example", Mode::Drop, ten(), "48h")]));
    assert_eq!(extended.report.blocks[0].outcome, BlockOutcome::Extended);
    assert_eq!(extended.text, text.replacen("x 20260116", "x 20260117", 1));
    let released = merged(&text, &release("evil.example")).text;
    assert_eq!(released, without_quic(&["wicked.example"]));
}

#[test]
fn a_block_without_quic_and_a_network_have_the_signature_ids_that_they_always_had() {
    let sids = |text: &str| read(text).held()[0].sids.clone();
    let four = sids(&merged("", &want([drop("evil.example")])).text);
    assert_eq!(four, [four[0], four[0] + 1, four[0] + 2, four[0] + 3]);
    assert_eq!(sids(&without_quic(&["evil.example"])), four[..3]);
    assert_eq!(four[0] % 4, 0);
    assert_eq!(sids(&merged("", &want([drop("198.51.100.7")])).text)[0] % 4, 3);
}

#[test]
fn a_rule_is_short_and_that_of_the_longest_name_within_suricatas_limit() {
    let text = merged("", &want([drop("a-usual-command-and-control-name.evil.example")])).text;
    assert!(text.lines().all(|line| line.len() < 350), "{text}");
    let label = "a".repeat(63);
    let longest = format!("{label}.{label}.{label}.{}.example", "b".repeat(53));
    let text = merged("", &want([drop(&longest)])).text;
    assert!(text.lines().all(|line| line.len() < 8_192));
    assert_eq!(held(&text), [longest]);
}

#[test]
fn a_block_of_an_imported_finding_carries_the_account_and_stays_short() {
    let imported = imported("command-and-control.evil.example", 1, "111122223333");
    let text = merged("", &want([imported.clone()])).text;
    assert!(text.contains(", by imported, a 111122223333; sid:"), "{text}");
    assert!(text.lines().all(|line| line.len() < 350), "{text}");
    assert_eq!(&read(&text).held()[0].entry, imported.entry());
    for edit in
        [", a 11112222333", ", a 1111222233334", ", a x", ", b 111122223333", ", a 111122223333, a 111122223333"]
    {
        let edited = text.replace(", a 111122223333", edit);
        assert_eq!((held(&edited).len(), read(&edited).unreadable()), (0, 4), "{edit}");
    }
}

#[test]
fn a_block_that_a_person_asked_for_carries_no_account() {
    let account = Some("111122223333".parse().unwrap());
    assert_eq!(drop("evil.example").about(account).entry().account, None);
}

#[test]
fn mode_alert_writes_the_same_rules_with_alert() {
    let dropped = merged("", &want([drop("evil.example")])).text;
    let reported = merged("", &want([block("evil.example", Mode::Alert, ten(), "24h")])).text;
    assert_eq!(dropped.replace("drop ", "alert "), reported);
}

#[test]
fn foreign_lines_stay_byte_for_byte_and_in_place() {
    let foreign = "# rules of the team\r\npass tls any any -> any any (msg:\"ours\"; sid:7; rev:1;)  \n\n\tdrop ip any any -> 203.0.113.1 any (sid:8;)";
    let with = merged(foreign, &want([drop("evil.example")]));
    assert!(with.text.starts_with(&format!("{foreign}\n")));
    assert_eq!(with.report.rules, [6]);
    let without = merged(&with.text, &release("evil.example"));
    assert_eq!(without.text, format!("{foreign}\n"));
    assert_eq!(merged(foreign, &Change::default()).text, foreign);
}

#[test]
fn foreign_signature_ids_are_avoided() {
    let usual = read(&merged("", &want([drop("evil.example")])).text).held()[0].sids.clone();
    let foreign = format!("alert ip any any -> any any (msg:\"theirs\"; sid: {}; rev:1;)\n", usual[2]);
    let around = read(&merged(&foreign, &want([drop("evil.example")])).text).held()[0].sids.clone();
    assert_eq!(around, usual.iter().map(|sid| sid + 4).collect::<Vec<u32>>());
}

#[test]
fn signature_ids_are_unique_until_the_range_is_full() {
    let limits = Limits { sids: SidRange::new(100, 100 + 4 * 8 - 1).unwrap(), ..roomy() };
    let wanted = (0..9).map(|n| drop(&format!("d{n}.example")));
    let merged = merge("", &want(wanted), ten(), &limits);
    let mut sids: Vec<u32> = read(&merged.text).held().iter().flat_map(|held| held.sids.clone()).collect();
    assert_eq!(sids.len(), 32);
    sids.sort_unstable();
    sids.dedup();
    assert_eq!(sids.len(), 32);
    assert!(sids.iter().all(|sid| (100..132).contains(sid)));
    assert_eq!(merged.report.blocks[8].outcome, BlockOutcome::RefusedForCapacity);
}

#[test]
fn a_range_of_signature_ids_must_hold_a_block() {
    assert!(SidRange::new(0, 100).is_err());
    assert!(SidRange::new(10, 12).is_err());
    assert!(SidRange::new(10, 5).is_err());
    assert!(SidRange::new(1, u32::MAX).is_ok());
}

#[test]
fn a_block_that_a_person_has_edited_is_foreign_and_counted() {
    let text = merged("", &want([drop("evil.example")])).text;
    let edits = [
        text.replace("x 20260116T100000Z", "x 20270116T100000Z "),
        text.replace("by action", "by somebody"),
        text.replacen("drop dns", "#drop dns", 1),
        text.replacen("drop http", "reject http", 1),
        text.replacen("rev:2", "rev:1", 1),
        text.replace("rev:2", "rev:3"),
        text.lines().take(3).collect::<Vec<_>>().join("\n"),
    ];
    for edited in edits {
        let later = merge(&edited, &release("evil.example"), time("2030-01-01T00:00:00Z"), &roomy());
        assert_eq!(later.text, edited);
        assert_eq!(later.report.unreadable, edited.lines().count());
        assert_eq!(later.report.released[0].outcome, ReleaseOutcome::NotHeld);
    }
}

#[test]
fn a_person_may_move_our_lines_apart_and_change_line_breaks() {
    let text = merged("", &want([drop("evil.example"), drop("198.51.100.7")])).text;
    let mut lines: Vec<&str> = text.lines().collect();
    lines.reverse();
    let moved = lines.join("\r\n# between\r\n");
    assert_eq!((held(&moved).len(), read(&moved).unreadable()), (2, 0));
    let extended = merged(&moved, &want([block("198.51.100.7", Mode::Drop, ten(), "48h")])).text;
    // The address's rule is the first now, so that its expiry is the first in the text.
    assert_eq!(extended, moved.replacen("x 20260116", "x 20260117", 1));
    let released = merged(&moved, &release("evil.example")).text;
    assert_eq!(released, format!("{}\r\n{}", lines[0], "# between\r\n".repeat(4)));
}

#[test]
fn a_second_copy_of_a_block_is_foreign() {
    let text = merged("", &want([drop("198.51.100.7")])).text;
    let twice = format!("{text}{text}");
    assert_eq!((held(&twice).len(), read(&twice).unreadable()), (1, 1));
}

#[test]
fn a_second_first_line_for_the_same_rules_is_foreign() {
    let text = merged("", &want([drop("evil.example")])).text;
    let head = text.lines().next().unwrap().replace("by action", "by manual");
    let both = format!("{text}{head}\n");
    assert_eq!((held(&both).len(), read(&both).unreadable()), (1, 1));
    assert_eq!(merged(&both, &release("evil.example")).text, format!("{head}\n"));
}

#[test]
fn a_rule_whose_address_a_person_has_widened_is_foreign() {
    let text = merged("", &want([drop("198.51.100.7")])).text.replace("198.51.100.7", "198.51.100.7/24");
    assert_eq!((held(&text).len(), read(&text).unreadable()), (0, 1));
}

#[test]
fn a_list_of_blocks_tells_all_that_was_written() {
    let block = Block::new(
        admitted("203.0.113.0/24"),
        FindingRef::Manual,
        Requester::Manual,
        Mode::Alert,
        time("2026-01-15T10:00:00.987Z"),
        "5m".parse().unwrap(),
    );
    let text = merged("", &want([block.clone()])).text;
    let Held { group, entry, sids } = read(&text).held()[0].clone();
    assert_eq!(&entry, block.entry());
    assert_eq!(entry.expires, time("2026-01-15T10:05:00Z"));
    assert_eq!((group.as_str(), sids.len()), (NAME, 1));
}
