//! The finding of an event: that of the Falcon Integration Gateway, field by field, but for what is mended.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use falconer_domain::detection::Host;
use serde_json::{Value, json};
use support::detections::{DETECTION, EPP, bare, changed, field, found, found_at, instance, place};

/// Where two values differ, and what stands there.
fn differences(fig: &Value, ours: &Value) -> Vec<(String, Value, Value)> {
    fn go(path: &str, fig: &Value, ours: &Value, into: &mut Vec<(String, Value, Value)>) {
        let (Some(left), Some(right)) = (fig.as_object(), ours.as_object()) else {
            if fig != ours {
                into.push((path.to_owned(), fig.clone(), ours.clone()));
            }
            return;
        };
        let only_right = right.keys().filter(|name| !left.contains_key(*name));
        for name in left.keys().chain(only_right) {
            let short = name.rsplit('/').next().unwrap();
            go(&format!("{path}.{short}"), &fig[name], &ours[name], into);
        }
    }
    let mut differences = Vec::new();
    go("", fig, ours, &mut differences);
    differences
}

fn azure() -> Host {
    Host {
        device: Some("0a1e0a1e0a1e0a1e0a1e0a1e0a1e0a1e".into()),
        provider: Some("AZURE".into()),
        account: Some("00000000-0000-4000-8000-000000000033".into()),
        hostname: Some("shop-3.example".into()),
        platform: Some("Linux".into()),
        external_ip: Some("203.0.113.9".into()),
        local_ip: Some("192.0.2.33".into()),
        mac_address: Some("02-00-00-00-00-33".into()),
        sensor_version: Some("7.19.18110.0".into()),
        os_version: Some("Debian GNU 12".into()),
        ..Host::default()
    }
}

#[test]
fn a_detection_of_an_instance_is_the_gateways_but_for_what_is_mended() {
    let fig: Value = serde_json::from_str(include_str!("fixtures/detection/detection.aws.json")).unwrap();
    let indicator = json!([{"Type": "DOMAIN", "Value": "evil.example", "Source": "CrowdStrike Falcon",
        "LastObservedAt": "2026-01-15T10:00:00Z"}]);
    let mended = [
        ("SHA1String", json!("0000000000000000000000000000000000000000"), Value::Null),
        ("AssociatedFile", json!(""), Value::Null),
        ("FalconerVersion", Value::Null, json!(env!("CARGO_PKG_VERSION"))),
        ("GrandParentImageFileName", Value::Null, json!("\\Device\\HarddiskVolume2\\Windows\\System32\\init.exe")),
        ("GrandParentCommandLine", Value::Null, json!("init.exe")),
        ("DomainName", Value::Null, json!("evil.example")),
        ("RequestType", Value::Null, json!("A")),
        ("DomainName", Value::Null, json!("updates.example")),
        ("RequestType", Value::Null, json!("AAAA")),
    ];
    let mut expected: Vec<_> =
        mended.map(|(name, fig, ours)| (format!(".ProductFields.{name}"), fig, ours)).into_iter().collect();
    expected.push((".Network.Direction".to_owned(), json!("IN"), json!("OUT")));
    expected.push((".ThreatIntelIndicators".to_owned(), Value::Null, indicator));
    assert_eq!(differences(&fig, &found(DETECTION, Some(&instance()))), expected);
}

#[test]
fn a_detection_of_another_clouds_host_is_the_gateways_but_for_what_is_mended() {
    let fig: Value = serde_json::from_str(include_str!("fixtures/detection/epp.azure.json")).unwrap();
    let ours = found(EPP, Some(&azure()));
    let paths: Vec<_> = differences(&fig, &ours).into_iter().map(|(path, ..)| path).collect();
    assert_eq!(paths, [".ProductFields.FalconerVersion", ".ThreatIntelIndicators"]);
}

#[test]
fn a_finding_is_of_the_account_region_and_partition_of_its_import() {
    let at = place("777788889999", "us-gov-west-1");
    let finding = found_at(DETECTION, Some(&instance()), &at);
    let product = "arn:aws-us-gov:securityhub:us-gov-west-1:358431324613:product/crowdstrike/crowdstrike-falcon";
    assert_eq!(finding["ProductArn"], product);
    assert_eq!(finding["AwsAccountId"], "777788889999");
    assert_eq!(finding["Resources"][0]["Region"], "us-west-2");
}

#[test]
fn the_fields_say_whose_format_they_follow_and_who_wrote_them() {
    let finding = found(EPP, None);
    assert_eq!(field(&finding, "FigVersion"), "3.6.2");
    assert_eq!(field(&finding, "FalconerVersion"), env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_connection_that_the_host_opened_goes_out() {
    for (direction, expected) in
        [(json!(0), json!("OUT")), (json!("1"), json!("IN")), (json!(2), Value::Null), (json!("x"), Value::Null)]
    {
        let access = json!([{"ConnectionDirection": direction, "RemoteAddress": "198.51.100.7"}]);
        let finding = found(&changed(EPP, json!({"NetworkAccesses": access})), None);
        assert_eq!(finding["Network"]["Direction"], expected, "{direction}");
    }
}

#[test]
fn addresses_stand_in_the_fields_of_their_family_and_what_is_none_nowhere() {
    let network = |local: &str, remote: &str| {
        let access = json!([{"LocalAddress": local, "LocalPort": 65536, "RemoteAddress": remote, "RemotePort": 65535}]);
        found(&changed(EPP, json!({"NetworkAccesses": access})), None)["Network"].clone()
    };
    let both = network("2001:db8::17", "198.51.100.7");
    assert_eq!(
        both,
        json!({"SourceIpV6": "2001:db8::17", "DestinationIpV4": "198.51.100.7", "DestinationPort": 65535})
    );
    assert_eq!(network("300.1.1.1", "2001:db8::1")["DestinationIpV6"], "2001:db8::1");
    assert_eq!(network("300.1.1.1", "evil.example"), Value::Null);
}

#[test]
fn the_first_five_dns_requests_stand_in_product_fields_and_not_in_the_action() {
    let requests: Vec<_> =
        (0..7).map(|number| json!({"DomainName": format!("d{number}.example"), "RequestType": "A"})).collect();
    let finding = found(&changed(DETECTION, json!({"DnsRequests": requests})), None);
    assert_eq!(field(&finding, "DnsRequests/4/DomainName"), "d4.example");
    assert_eq!(field(&finding, "DnsRequests/4/RequestType"), "A");
    assert_eq!(field(&finding, "DnsRequests/5/DomainName"), Value::Null);
    assert_eq!(finding["Action"], Value::Null);
}

#[test]
fn with_every_technique_and_request_there_are_no_more_fields_than_security_hub_allows() {
    let technique = json!({"Tactic": "a", "TacticID": "b", "Technique": "c", "TechniqueID": "d", "PatternID": 1});
    let request = json!({"DomainName": "a.example", "RequestType": "A"});
    let members = json!({"MitreAttack": vec![technique; 6], "DnsRequests": vec![request; 6], "AssociatedFile": "x",
        "SHA1String": "1f"});
    let finding = found(&changed(DETECTION, members), None);
    assert_eq!(finding["ProductFields"].as_object().unwrap().len(), 47);
    assert_eq!(field(&finding, "MitreAttack/4/PatternID"), "1");
    assert_eq!(field(&finding, "MitreAttack/5/Tactic"), Value::Null);
}

#[test]
fn a_hash_of_zeros_is_none() {
    let zeros = "0".repeat(64);
    let members = json!({"SHA256String": zeros, "IOCType": "hash_sha256", "IOCValue": zeros});
    let finding = found(&changed(EPP, members), None);
    assert_eq!(field(&finding, "SHA256String"), Value::Null);
    assert_eq!(finding["ThreatIntelIndicators"], Value::Null);
}

#[test]
fn the_grandparent_is_the_same_in_both_spellings() {
    let members = json!({"GrandParentCommandLine": null, "GrandparentCommandLine": "old"});
    assert_eq!(field(&found(&changed(EPP, members), None), "GrandParentCommandLine"), "old");
    let both = json!({"GrandParentCommandLine": "new", "GrandparentCommandLine": "old"});
    assert_eq!(field(&found(&changed(EPP, both), None), "GrandParentCommandLine"), "new");
}

#[test]
fn lists_objects_and_truth_values_are_written_as_python_writes_them() {
    for (value, expected) in [
        (json!(true), "True"),
        (json!(5314), "5314"),
        (json!(["a", 1, null, false]), "['a', 1, None, False]"),
        (json!({"a": {"b": []}, "c": "it's"}), "{'a': {'b': []}, 'c': \"it's\"}"),
        (json!(["\"it's\"\n\\\u{7}"]), r#"['"it\'s"\n\\\x07']"#),
    ] {
        assert_eq!(field(&found(&changed(EPP, json!({"Objective": value})), None), "Objective"), expected);
    }
}

#[test]
fn long_texts_end_in_dots_at_a_characters_boundary() {
    let long = |most: usize| format!("{}...", "ä".repeat(most - 3));
    let text = "ä".repeat(3_000);
    let members = json!({"CommandLine": text, "FileName": text, "FilePath": text, "Description": text,
        "AgentId": text, "Tactic": text, "Hostname": text});
    let finding = found(&changed(EPP, members), None);
    assert_eq!(field(&finding, "CommandLine"), long(2_048));
    assert_eq!(finding["Process"], json!({"Name": long(64), "Path": long(512)}));
    assert_eq!(finding["Description"], long(1_024));
    assert_eq!(finding["Title"].as_str().unwrap().chars().count(), 256);
    assert_eq!(finding["Resources"][0]["Id"], long(512));
    assert_eq!(finding["Resources"][0]["Details"]["Other"]["Hostname"], long(1_024));
    let exact = "ä".repeat(2_048);
    assert_eq!(field(&found(&changed(EPP, json!({"CommandLine": exact})), None), "CommandLine"), exact);
}

#[test]
fn what_is_blank_or_null_is_left_out() {
    let members = json!({"AssociatedFile": "", "ParentCommandLine": " \t", "FileName": "", "Tactic": " "});
    let finding = found(&changed(DETECTION, members), None);
    for name in ["AssociatedFile", "ParentCommandLine", "FileName", "Tactic"] {
        assert_eq!(field(&finding, name), Value::Null, "{name}");
    }
    assert_eq!(finding["Process"], Value::Null);
    assert_eq!(finding["Types"], Value::Null);
    let null = bare("EppDetectionSummaryEvent", json!({"CommandLine": null, "NetworkAccesses": null}));
    assert_eq!(field(&found(&null, None), "CommandLine"), Value::Null);
}

#[test]
fn tactic_and_technique_come_from_the_first_technique_if_not_from_the_event() {
    let members = json!({"Tactic": null, "MitreAttack": [{"Tactic": "Impact", "Technique": "Data Destruction"}]});
    let types = json!(["Namespace: TTPs", "Category: Impact", "Classifier: Data Destruction"]);
    assert_eq!(found(&changed(EPP, members), None)["Types"], types);
}
