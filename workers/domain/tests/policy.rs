//! Which findings act by themselves, which wait, and which are past.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use falconer_domain::block::Mode;
use falconer_domain::finding::{Finding, FindingSummary, Severity};
use falconer_domain::policy::{
    Decision, Ignored, Pause, Policy, PolicyConfig, Switch, TrustedProduct, TtlBySeverity, WaitReason,
};
use falconer_domain::request::Origin;
use serde_json::{Value, json};

const FALCON: &str = "arn:aws:securityhub:us-east-1:517716713836:product/crowdstrike/crowdstrike-falcon";
const GUARDDUTY: &str = "arn:aws:securityhub:us-east-1::product/aws/guardduty";

/// A finding of Falcon that acts by itself, with some members changed.
fn finding(changes: Value) -> FindingSummary {
    let mut finding = json!({
        "Id": "f", "ProductArn": FALCON, "Types": ["Namespace: TTPs", "Category: Falcon Intel"],
        "Severity": {"Label": "HIGH"}, "RecordState": "ACTIVE", "Workflow": {"Status": "NEW"}
    });
    finding.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    Finding::read(&finding, "finding").unwrap().summary
}

fn policy(change: impl FnOnce(&mut PolicyConfig)) -> Policy {
    let mut config = PolicyConfig::default();
    change(&mut config);
    Policy::new(config).unwrap()
}

fn imported(policy: &Policy, changes: Value) -> Decision {
    policy.decide(&finding(changes), &Origin::Imported, &Switch::On)
}

/// Why it waits; `None` if it acts.
fn waits(policy: &Policy, changes: Value) -> Option<WaitReason> {
    match imported(policy, changes) {
        Decision::Act(_) => None,
        Decision::Wait(waiting) => Some(waiting.reason),
        Decision::Ignore(ignored) => panic!("ignored as {ignored:?}"),
    }
}

fn terms(policy: &Policy, changes: Value) -> (String, Mode) {
    match imported(policy, changes) {
        Decision::Act(terms) => (terms.ttl.to_string(), terms.mode),
        other => panic!("{other:?}"),
    }
}

fn tagged(tags: Value) -> Value {
    json!({"Resources": [{"Id": "i-1"}, {"Id": "i-2", "Tags": tags}]})
}

#[test]
fn severe_findings_of_trusted_products_about_an_attackers_side_act_by_themselves() {
    let policy = policy(|_| {});
    assert_eq!(waits(&policy, json!({})), None);
    for kind in [
        "TTPs/Command and Control/Backdoor:EC2-C&CActivity.B!DNS",
        "Software and Configuration Checks/Backdoor:EC2.C&CActivity.B",
        "TTPs/Command and Control/Trojan:EC2-DGADomainRequest.B",
        "TTPs/Command and Control/CryptoCurrency:EC2-BitcoinTool.B",
        "TTPs/Impact:EC2-MaliciousDomainRequest.Reputation",
        "TTPs/Discovery/Recon:EC2-PortProbeUnprotectedPort",
        "Effects/Data Exfiltration/Trojan:Runtime-DropPoint!DNS",
        "CryptoCurrency:EC2/BitcoinTool.B",
    ] {
        assert_eq!(waits(&policy, json!({"ProductArn": GUARDDUTY, "Types": [kind]})), None, "{kind}");
    }
}

#[test]
fn a_finding_in_which_the_remote_side_is_the_victim_waits_even_if_another_type_is_allowed() {
    let policy = policy(|config| config.types.push("*Backdoor*".to_owned()));
    for kind in [
        "TTPs/Command and Control/Backdoor:EC2-DenialOfService.UdpOnTcpPorts",
        "Effects/Denial of Service",
        "TTPs/Impact/Impact:EC2-PortSweep",
        "TTPs/Discovery/Recon:EC2-Portscan",
        "TTPs/Impact/Impact:EC2-WinRMBruteForce",
        "TTPs/Initial Access/UnauthorizedAccess:EC2-SSHBruteForce",
        "TTPs/Initial Access/UnauthorizedAccess:EC2-RDPBruteForce",
        "TTPs/Command and Control/Backdoor:EC2-Spambot",
        "TTPs/Command and Control/Trojan:EC2-BlackholeTraffic!DNS",
        "TTPs/Command and Control/Trojan:Lambda-BlackholeTraffic",
        "TTPs/DefenseEvasion/EC2:Unusual-DNS-Resolver",
        "TTPs/DefenseEvasion/EC2:Unusual-DoH-Activity",
        "TTPs/DefenseEvasion/EC2:Unusual-DoT-Activity",
        "Unusual Behaviors/VM/Behavior:EC2-TrafficVolumeUnusual",
        "Unusual Behaviors/VM/Behavior:EC2-NetworkPortUnusual",
        "TTPs/Impact:EC2-AbusedDomainRequest.Reputation",
        "TTPs/Impact/Impact:Runtime-SuspiciousDomainRequest.Reputation",
        "Backdoor:EC2/DenialOfService.Tcp",
        "DefenseEvasion:EC2/UnusualDNSResolver",
        "DefenseEvasion:EC2/UnusualDoHActivity",
        "DefenseEvasion:EC2/UnusualDoTActivity",
    ] {
        let types = json!({"ProductArn": GUARDDUTY, "Types": ["Category: Falcon Intel", kind]});
        assert_eq!(waits(&policy, types), Some(WaitReason::RefusedType), "{kind}");
    }
}

#[test]
fn a_forged_finding_waits_whatever_it_says_of_its_product() {
    let policy = policy(|_| {});
    for arn in [
        "arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default",
        "arn:aws:securityhub:us-east-1:111122223333:product/crowdstrike/crowdstrike-falcon",
        "arn:aws:securityhub:us-east-1:517716713836:product/crowdstrike/crowdstrike-falcon/x",
        "arn:aws:securityhub:us-east-1:111122223333:product/aws/guardduty",
        "arn:aws:securityhub:us-east-1:111122223333:x::product/aws/guardduty",
        "arn:aws:securityhub:us-east-1::product/aws/",
        "ARN:AWS:SECURITYHUB:US-EAST-1::PRODUCT/AWS/GUARDDUTY",
        "CrowdStrike Falcon",
    ] {
        assert_eq!(waits(&policy, json!({"ProductArn": arn})), Some(WaitReason::Product), "{arn}");
    }
    for arn in [
        "arn:aws-us-gov:securityhub:us-gov-west-1:358431324613:product/crowdstrike/crowdstrike-falcon",
        "arn:aws-cn:securityhub:cn-north-1::product/aws/guardduty",
        "arn:aws:securityhub:us-east-1::productv2/aws/guardduty",
    ] {
        assert_eq!(waits(&policy, json!({"ProductArn": arn})), None, "{arn}");
    }
}

#[test]
fn where_types_are_listed_only_those_act_by_themselves() {
    let policy = policy(|config| config.types = vec!["Category: Falcon Intel".to_owned()]);
    assert_eq!(waits(&policy, json!({"Types": ["Namespace: TTPs", "Category: Falcon Intel"]})), None);
    for types in [json!([]), json!(["Category: Discovery"]), json!(["Category: Falcon Intelligence"])] {
        assert_eq!(waits(&policy, json!({"Types": types})), Some(WaitReason::Type), "{types}");
    }
}

#[test]
fn what_speaks_against_an_automatic_act_makes_it_wait() {
    let policy = policy(|_| {});
    for (changes, reason) in [
        (json!({"Severity": {"Label": "INFORMATIONAL"}}), WaitReason::Severity),
        (json!({"Severity": {"Label": "URGENT"}}), WaitReason::Severity),
        (json!({"Severity": null}), WaitReason::Severity),
        (json!({"Confidence": 69}), WaitReason::Confidence),
        (tagged(json!({"falconer:automatic": "Never"})), WaitReason::ForbiddenTag),
        (tagged(json!({"long": "x".repeat(5_000)})), WaitReason::TooManyTags),
        (tagged(json!({"odd": 7})), WaitReason::TooManyTags),
        (json!({"RecordState": null}), WaitReason::State),
        (json!({"Workflow": {"Status": "UNHEARD_OF"}}), WaitReason::State),
    ] {
        assert_eq!(waits(&policy, changes.clone()), Some(reason), "{changes}");
    }
    for changes in [
        json!({"Confidence": 70}),
        json!({"Severity": {"Label": "CRITICAL"}}),
        json!({"Workflow": {"Status": "NOTIFIED"}}),
        tagged(json!({"falconer:automatic": "yes", "Name": "never"})),
    ] {
        assert_eq!(waits(&policy, changes.clone()), None, "{changes}");
    }
}

#[test]
fn a_required_tag_must_stand_on_one_of_the_resources() {
    let policy = policy(|config| config.required_tags = vec!["falconer:automatic=allowed".to_owned()]);
    assert_eq!(waits(&policy, json!({})), Some(WaitReason::RequiredTag));
    assert_eq!(waits(&policy, tagged(json!({"falconer:automatic": "allowed"}))), None);
}

#[test]
fn findings_that_are_over_are_ignored_when_imported_and_acted_upon_when_chosen() {
    let policy = policy(|_| {});
    for (changes, ignored) in [
        (json!({"RecordState": "ARCHIVED"}), Ignored::Archived),
        (json!({"Workflow": {"Status": "SUPPRESSED"}}), Ignored::Suppressed),
        (json!({"Workflow": {"Status": "RESOLVED"}}), Ignored::Resolved),
        (json!({"UserDefinedFields": {"falconerState": "Blocked"}}), Ignored::DealtWith),
        (json!({"UserDefinedFields": {"falconerState": "AWordOfALaterVersion"}}), Ignored::DealtWith),
    ] {
        assert_eq!(imported(&policy, changes.clone()), Decision::Ignore(ignored), "{changes}");
        let action = Origin::CustomAction { arn: "arn".to_owned() };
        assert!(matches!(policy.decide(&finding(changes), &action, &Switch::On), Decision::Act(_)));
    }
}

#[test]
fn a_person_may_choose_what_would_not_act_by_itself() {
    let untrusted = finding(json!({"ProductArn": "anything", "Types": [], "Severity": {"Label": "LOW"}}));
    let chosen = policy(|_| {}).decide(&untrusted, &Origin::CustomAction { arn: "arn".to_owned() }, &Switch::On);
    assert!(matches!(chosen, Decision::Act(terms) if terms.ttl.to_string() == "1d"));
}

#[test]
fn blocks_last_by_severity() {
    let policy = policy(|config| config.min_severity = Severity::Informational);
    let lasts = |label: &str| terms(&policy, json!({"Severity": {"Label": label}})).0;
    assert_eq!(["CRITICAL", "HIGH", "MEDIUM", "LOW"].map(lasts), ["7d", "3d", "1d", "1d"]);
    assert_eq!(policy.terms_without_finding().ttl.to_string(), "1d");
}

#[test]
fn a_product_may_have_a_mode_and_a_severity_of_its_own() {
    let policy = policy(|config| {
        let arn = "arn:aws:securityhub:*::product/aws/guardduty".to_owned();
        let guardduty = TrustedProduct { arn, mode: Some(Mode::Alert), min_severity: Some(Severity::Medium) };
        config.products.insert(0, guardduty);
    });
    let medium = json!({"ProductArn": GUARDDUTY, "Severity": {"Label": "MEDIUM"}});
    assert_eq!(terms(&policy, medium).1, Mode::Alert);
    assert_eq!(terms(&policy, json!({})).1, Mode::Drop);
}

#[test]
fn the_sentence_says_why_it_waits_and_how_to_approve_it() {
    let Decision::Wait(waiting) = imported(&policy(|_| {}), json!({"Severity": {"Label": "INFORMATIONAL"}})) else {
        panic!("it acts");
    };
    let expected = "It waits for a person, because its severity is INFORMATIONAL, below LOW; \
                    approve it with the custom action \"Falconer: block\" or by hand.";
    assert_eq!(waiting.sentence, expected);
}

#[test]
fn hostile_text_in_a_sentence_is_made_readable() {
    let changes = json!({"Types": [format!("\u{202e}\nx{}", "y".repeat(500))]});
    let policy = policy(|config| config.types = vec!["Category: Falcon Intel".to_owned()]);
    let Decision::Wait(waiting) = imported(&policy, changes) else { panic!("it acts") };
    assert!(waiting.sentence.len() < 250 && waiting.sentence.chars().all(|character| matches!(character, ' '..='~')));
}

#[test]
fn the_default_product_is_never_trusted_however_it_is_written() {
    for arn in [
        "arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default",
        "arn:aws:securityhub:*:*:product/*/default",
        "arn:*:securityhub:*:*:product/*/*",
        "arn:*:securityhub:*:*:product/1111*/d*lt",
    ] {
        let products = vec![TrustedProduct { arn: arn.to_owned(), mode: None, min_severity: None }];
        let problems = Policy::new(PolicyConfig { products, ..PolicyConfig::default() }).unwrap_err();
        assert!(problems[0].problem.contains("everybody in the account"), "{arn}: {}", problems[0]);
    }
}

#[test]
fn every_problem_of_a_configuration_is_told_at_once_with_its_key() {
    let product = |arn: &str| TrustedProduct { arn: arn.to_owned(), mode: None, min_severity: None };
    let config = PolicyConfig {
        products: vec![product(FALCON), product("crowdstrike"), product("arn:aws:securityhub:*::product/aws")],
        types: vec!["*C&C*".to_owned(), "**".to_owned()],
        refused_types: vec![String::new()],
        min_confidence: 101,
        forbidding_tags: vec!["never".to_owned()],
        required_tags: vec!["=x".to_owned()],
        ttl: TtlBySeverity { critical: "1y".to_owned(), otherwise: "1m".to_owned(), ..TtlBySeverity::default() },
        ..PolicyConfig::default()
    };
    let problems = Policy::new(config).unwrap_err();
    let keys: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
    let expected = [
        "products[1].arn",
        "products[2].arn",
        "types[1]",
        "refused_types[0]",
        "min_confidence",
        "forbidding_tags[0]",
        "required_tags[0]",
        "ttl.critical",
        "ttl.otherwise",
    ];
    assert_eq!(keys, expected);
}

fn paused(reason: &str) -> Switch {
    Switch::Paused(Pause { since: "2026-01-15T10:00:00Z".parse().unwrap(), reason: reason.to_owned() })
}

#[test]
fn while_paused_a_finding_waits_and_a_person_acts() {
    let (policy, switch) = (policy(|_| {}), paused("case 42"));
    let waiting = policy.decide(&finding(json!({})), &Origin::Imported, &switch);
    let Decision::Wait(waiting) = waiting else { panic!("{waiting:?}") };
    assert_eq!(waiting.reason, WaitReason::Paused);
    assert!(waiting.sentence.contains("paused since 2026-01-15 10:00 UTC (case 42)"), "{}", waiting.sentence);
    let action = Origin::CustomAction { arn: "arn".to_owned() };
    assert!(matches!(policy.decide(&finding(json!({})), &action, &switch), Decision::Act(_)));
}

#[test]
fn a_finding_that_is_over_is_ignored_and_one_that_waits_anyway_keeps_its_own_reason_while_paused() {
    let (policy, switch) = (policy(|_| {}), paused("case 42"));
    let archived = finding(json!({"RecordState": "ARCHIVED"}));
    assert_eq!(policy.decide(&archived, &Origin::Imported, &switch), Decision::Ignore(Ignored::Archived));
    let untrusted = policy.decide(&finding(json!({"ProductArn": "anything"})), &Origin::Imported, &switch);
    assert!(matches!(untrusted, Decision::Wait(waiting) if waiting.reason == WaitReason::Product));
}

#[test]
fn only_a_switch_that_clearly_says_so_lets_anything_act() {
    assert_eq!(Switch::read(Some(r#"{"automatic":"on"}"#)), Switch::On);
    for text in
        [None, Some(""), Some("on"), Some("{}"), Some(r#"{"automatic":"ON"}"#), Some(r#"{"automatic":"paused"}"#)]
    {
        assert_eq!(Switch::read(text), Switch::Unclear, "{text:?}");
        let decision = policy(|_| {}).decide(&finding(json!({})), &Origin::Imported, &Switch::read(text));
        assert!(matches!(decision, Decision::Wait(waiting) if waiting.reason == WaitReason::Paused));
    }
    for switch in [Switch::On, paused("a \"reason\"; with signs")] {
        assert_eq!(Switch::read(switch.written().as_deref()), switch);
    }
}
