//! What a person does about blocks, and the switch, as typed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod place;

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use place::{Place, ended};

async fn typed(place: &Place, arguments: &[&str]) -> (i32, String, String) {
    ended(&mut place.falconer(arguments), "").await
}

/// A finding of GuardDuty about a connection to this address, and its contained execution.
async fn contained(place: &Place, id: &str, address: &str) {
    let finding = json!({
        "SchemaVersion": "2018-10-08", "Id": id, "ProductArn": "arn:aws:securityhub:us-east-1::product/aws/guardduty",
        "GeneratorId": "gd", "AwsAccountId": "111122223333", "Region": "us-east-1",
        "Types": ["TTPs/Command and Control/Backdoor:EC2-C&CActivity.B"], "Title": "t", "Description": "d",
        "CreatedAt": "2026-01-15T10:00:00Z", "UpdatedAt": "2026-01-15T10:00:00Z", "Severity": { "Label": "HIGH" },
        "Resources": [{ "Type": "AwsEc2Instance", "Id": "i-1" }], "RecordState": "ACTIVE", "Workflow": { "Status": "NEW" },
        "Action": { "ActionType": "NETWORK_CONNECTION", "NetworkConnectionAction": {
            "ConnectionDirection": "OUTBOUND", "RemoteIpDetails": { "IpAddressV4": address } } },
    });
    place.control("POST", "findings", finding).await;
    place.until_annotated(id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_block_is_added_explained_saved_released_and_brought_back_as_it_was() {
    let place = Place::open().await;
    let _worker = place.worker();
    let add = ["blocks", "add", "evil.example", "198.51.100.0/28", "--reason", "case 42", "--ttl", "7d"];
    let (code, out, err) = typed(&place, &add).await;
    assert_eq!(code, 0, "{out}{err}");

    let (code, out, _) = typed(&place, &["blocks", "explain", "cdn.evil.example"]).await;
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("lets it pass") && out.contains("1 block for it") && out.contains("3 of 3 run"), "{out}");
    let (code, out, _) = typed(&place, &["blocks", "explain", "other.example", "--json"]).await;
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &told["blocks"], &told["enforced"]), (1, &json!([]), &json!(false)));
    let (_, out, _) = typed(&place, &["blocks", "explain", "sts.amazonaws.com"]).await;
    assert!(out.contains("sts.amazonaws.com is not blocked"), "{out}");

    let (code, saved, _) = typed(&place, &["blocks", "export"]).await;
    assert_eq!((code, saved.lines().count()), (0, 2));
    let rules = place.rules().await;
    let (code, out, err) = typed(&place, &["blocks", "release", "--since", "1h"]).await;
    assert_eq!((code, err.contains("--yes")), (2, true), "{out}{err}");
    assert!(out.contains("evil.example") && place.rules().await == rules, "shown, and not released: {out}");
    let (code, out, err) = typed(&place, &["blocks", "release", "--since", "1h", "--yes"]).await;
    assert_eq!(code, 0, "{out}{err}");
    assert!(!place.rules().await.contains("evil.example"));

    let import = ["blocks", "import", "-"];
    let (code, out, err) = ended(&mut place.falconer(&["blocks", "import", "-", "--dry-run"]), &saved).await;
    assert_eq!((code, out.matches("would be brought back").count()), (0, 2), "{out}{err}");
    assert!(!place.rules().await.contains("evil.example"));
    let (code, out, err) = ended(&mut place.falconer(&import), &saved).await;
    assert_eq!((code, out.matches("brought back").count()), (0, 2), "{out}{err}");
    assert_eq!(place.rules().await, rules, "with their causes, times and signature ids");
    let (code, out, _) = ended(&mut place.falconer(&import), &saved).await;
    assert_eq!((code, out.matches("in force already").count()), (0, 2), "{out}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_no_export_changes_nothing_and_what_the_guard_refuses_is_named() {
    let place = Place::open().await;
    let _worker = place.worker();
    typed(&place, &["blocks", "add", "evil.example", "--reason", "case 42"]).await;
    let (_, saved, _) = typed(&place, &["blocks", "export"]).await;
    typed(&place, &["blocks", "release", "evil.example"]).await;
    let rules = place.rules().await;
    let broken = format!("{saved}not a block\n");
    let (code, _, err) = ended(&mut place.falconer(&["blocks", "import", "-"]), &broken).await;
    assert_eq!((code, err.contains("line 2 is not a block")), (2, true), "{err}");
    assert_eq!(place.rules().await, rules);
    let forged = format!("{saved}{}", saved.replace("evil.example", "amazonaws.com"));
    let (code, out, _) = ended(&mut place.falconer(&["blocks", "import", "-"]), &forged).await;
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("amazonaws.com is not blocked") && out.contains("evil.example  brought back"), "{out}");
    assert!(!place.rules().await.contains("amazonaws.com"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blocks_are_released_by_their_product_or_their_finding_and_others_stay() {
    let place = Place::open().await;
    let _worker = place.worker();
    contained(&place, "gd-1", "198.51.100.7").await;
    contained(&place, "gd-2", "203.0.113.9").await;
    typed(&place, &["blocks", "add", "evil.example", "--reason", "case 42"]).await;
    let (code, out, err) = typed(&place, &["blocks", "release", "--finding", "gd-1", "--yes"]).await;
    assert_eq!(code, 0, "{out}{err}");
    let rules = place.rules().await;
    assert!(!rules.contains("198.51.100.7") && rules.contains("203.0.113.9") && rules.contains("evil.example"));
    let (code, out, _) = typed(&place, &["blocks", "release", "--product", "GuardDuty", "--dry-run"]).await;
    assert_eq!((code, out.contains("203.0.113.9"), out.contains("evil.example")), (0, true, false), "{out}");
    let (code, out, err) =
        typed(&place, &["blocks", "release", "--product", "guardduty", "--since", "1h", "--yes"]).await;
    assert_eq!(code, 0, "{out}{err}");
    let rules = place.rules().await;
    assert!(!rules.contains("203.0.113.9") && rules.contains("evil.example"));
    let (code, out, _) = typed(&place, &["blocks", "release", "--product", "guardduty", "--yes"]).await;
    assert_eq!((code, out.contains("no block meets this")), (0, true), "{out}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_is_seen_wherever_somebody_looks_and_a_resume_ends_it() {
    let place = Place::open().await;
    let (code, out, _) = typed(&place, &["pause", "--reason", "false positives, case 42"]).await;
    assert_eq!((code, out.contains("nothing acts by itself: automatic acts are paused since")), (0, true), "{out}");
    for command in [&["blocks", "list"][..], &["blocks", "explain", "evil.example"]] {
        let (_, out, _) = typed(&place, command).await;
        assert!(out.contains("false positives, case 42"), "{out}");
    }
    let (code, out, _) = typed(&place, &["resume", "--json"]).await;
    assert_eq!((code, serde_json::from_str::<Value>(&out).unwrap()["acts"].clone()), (0, json!(true)));
    let (_, out, _) = typed(&place, &["blocks", "list"]).await;
    assert!(!out.contains("case 42"), "{out}");
    let (code, _, err) = typed(&place, &["pause", "--reason", "  "]).await;
    assert_eq!((code, err.contains("say why")), (2, true), "{err}");
}

/// A line of the firewall's alert log about a packet that a rule with this signature id dropped.
fn dropped(sid: u64) -> Value {
    json!({
        "firewall_name": "falconer-egress", "availability_zone": "us-east-1a", "event_timestamp": "1768471260",
        "event": {
            "timestamp": "2026-01-15T10:01:00.250000+0000", "event_type": "alert", "proto": "TCP",
            "src_ip": "10.0.1.23", "src_port": 40_001, "dest_ip": "192.0.2.80", "dest_port": 443,
            "alert": { "action": "blocked", "signature_id": sid, "signature": "", "severity": 3 },
        },
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_of_blocks_shows_how_often_each_was_met_and_goes_without_if_security_hub_is_silent() {
    let place = Place::open().await;
    let _worker = place.worker();
    typed(&place, &["blocks", "add", "evil.example", "quiet.example", "--reason", "case 42"]).await;
    let (_, out, _) = typed(&place, &["blocks", "list", "--json"]).await;
    let held: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    let log =
        json!({ "records": [dropped(held["sids"][0].as_u64().unwrap()), dropped(held["sids"][1].as_u64().unwrap())] });
    let (code, out, err) = ended(&mut place.falconer(&["run", "report-hits", "--input", "-"]), &log.to_string()).await;
    assert_eq!((code, out.contains("2 alerts, 1 hits, 1 findings written")), (0, true), "{out}{err}");

    let (_, out, _) = typed(&place, &["blocks", "list"]).await;
    let line = |name: &str| out.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(line("INDICATOR").ends_with("HITS  LAST HIT"), "{out}");
    assert!(line("evil.example").ends_with("2     2026-01-15 10:01 UTC"), "{out}");
    assert!(line("quiet.example").ends_with(" 0"), "{out}");
    let (_, out, _) = typed(&place, &["blocks", "list", "--json"]).await;
    let met: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert_eq!(met["hits"], json!({ "blocked": 2, "allowed": 0, "last": "2026-01-15T10:01:00.25Z" }));

    place.fault(json!({ "operation": "securityhub.GetFindings", "fault": "error:AccessDeniedException" })).await;
    let (code, out, err) = typed(&place, &["blocks", "list"]).await;
    assert_eq!((code, out.contains("evil.example"), out.contains("HITS")), (0, true, false), "{out}");
    assert!(err.contains("hits are not shown") && err.contains("securityhub:GetFindings"), "{err}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hunts_are_refreshed_and_listed_as_typed() {
    let place = Place::open().await;
    let config = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hunts.toml");
    let falcon = format!(
        "[falcon]\ncredentials = \"/aws/reference/secretsmanager/falconer/falcon\"\ncloud = \"{}/falcon\"\n",
        place.endpoint
    );
    let hunts = format!("{falcon}[hunt.lists.bear]\nfilter = \"actors:'FANCYBEAR'\"\n");
    std::fs::write(&config, hunts).unwrap();
    let config = config.to_str().unwrap();
    let _worker = place.falconer(&["--config", config, "worker"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let (code, out, _) = typed(&place, &["hunts", "list"]).await;
    assert_eq!((code, out.contains("nothing is hunted")), (0, true), "{out}");
    let known = json!({ "template": { "indicator": "evil-{n}.example", "type": "domain", "actors": ["FANCYBEAR"] }, "count": 3 });
    place.control("POST", "falcon/indicators", known).await;
    let (code, out, err) = typed(&place, &["run", "refresh-hunt-list"]).await;
    assert_eq!((code, out.contains("bear: 3 of 3 stand (3 added, 0 removed, 0 left out)")), (0, true), "{out}{err}");
    let (_, out, _) = typed(&place, &["hunts", "list"]).await;
    let line = out.lines().find(|line| line.starts_with("evil-0.example")).unwrap();
    assert!(line.contains("bear") && line.contains("unverified") && line.contains("FANCYBEAR"), "{out}");
    assert!(out.contains("3 indicators in arn:aws:network-firewall:"), "{out}");
    let (_, out, _) = typed(&place, &["hunts", "list", "--json"]).await;
    let hunted: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert_eq!((&hunted["hunts"], &hunted["hits"]["allowed"]), (&json!(["bear"]), &json!(0)));
}
