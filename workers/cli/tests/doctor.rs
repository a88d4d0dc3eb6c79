//! What a person and a program see of the doctor, as typed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod place;

use serde_json::{Value, json};
use tokio::process::Command;

use place::{Place, ended};

const HUB: &str = "111122223333";
const MEMBER: &str = "444455556666";
const EXTERNAL_ID: &str = "falconer-sandbox";

fn falconer(place: &Place, arguments: &[&str]) -> Command {
    let mut command = place.falconer(&[&["doctor"], arguments].concat());
    command
        .env("FALCONER_FALCON_CLOUD", format!("{}/falcon", place.endpoint))
        .env("FALCONER_FALCON_CREDENTIALS", "/aws/reference/secretsmanager/falconer/falcon")
        .env("FALCONER_FALCON_INSTALL_CREDENTIALS", "/aws/reference/secretsmanager/falconer/falcon-install")
        .env("FALCONER_ACCOUNTS_EXTERNAL_ID", EXTERNAL_ID)
        .env("FALCONER_ONBOARDING_REGISTRATION", "none");
    command
}

async fn doctor(place: &Place, arguments: &[&str]) -> (i32, String, String) {
    ended(&mut falconer(place, arguments), "").await
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_everything_works_each_account_is_one_line_and_the_exit_code_is_0() {
    let place = Place::open().await;
    let (code, out, err) = doctor(&place, &[]).await;
    assert_eq!((code, err.as_str()), (0, ""), "{out}{err}");
    assert!(!out.contains('\u{1b}'), "plain where there is no terminal: {out}");
    let lines: Vec<&str> = out.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines[0], format!("asked as arn:aws:iam::{HUB}:user/sandbox"));
    assert_eq!(lines[1], "ACCOUNT       HEALTH  OK  NOTES  UNKNOWN  BROKEN");
    assert_eq!(lines[3], format!("{MEMBER}  ok      7   0      0        0"));
    assert!(lines.len() == 6 && lines[5].ends_with(" ok") && lines[5].contains(" checks: "), "{out}");

    let (code, out, _) = doctor(&place, &["--all", "--account", MEMBER]).await;
    assert_eq!(code, 0, "{out}");
    assert!(out.contains(&format!("ok       {MEMBER}/us-east-1  Config recorder\n         It records")), "{out}");
    assert!(!out.contains("rule group"), "the hub is not asked for: {out}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_broken_is_told_with_its_remedy_and_exits_with_1() {
    let place = Place::open().await;
    let denied = json!({ "operation": "ssm.GetInventory", "fault": "error:AccessDeniedException" });
    place.fault(denied).await;
    let (code, out, err) = doctor(&place, &["--account", MEMBER]).await;
    assert_eq!(code, 1, "{out}{err}");
    let told = format!(
        "broken   {MEMBER}/us-east-1  Systems Manager\n         ssm:GetInventory is not allowed: AccessDeniedException: A fault of \
         the sandbox\n         To mend: Grant ssm:GetInventory to the role falconer-member in {MEMBER}.\n"
    );
    assert!(out.contains(&told), "{out}");
    assert!(out.ends_with("7 checks: 6 ok, 1 broken\n"), "{out}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_has_every_check_on_a_line() {
    let place = Place::open().await;
    place.fault(json!({ "operation": "config.DescribeConfigRules", "fault": "error:AccessDeniedException" })).await;
    let (code, out, _) = doctor(&place, &["--json"]).await;
    let lines = json_lines(&out);
    let check =
        |subject: &str| lines.iter().find(|line| line["account"] == MEMBER && line["subject"] == subject).unwrap();
    let well = json!({
        "account": MEMBER, "region": "us-east-1", "subject": "recorder", "health": "ok",
        "sentence": "It records the instances and their inventory.",
    });
    assert_eq!((code, check("recorder")), (1, &well), "{out}");
    let rule = check("rule");
    assert_eq!((&rule["health"], rule["remedy"].is_string()), (&json!("broken"), true), "{rule}");
    let group = lines.iter().find(|line| line["subject"] == "enforcement" && line["name"] == "falconer-block").unwrap();
    assert_eq!((&group["account"], group.get("region")), (&json!(HUB), None), "{group}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_exit_code_tells_notes_and_silence_from_what_is_broken() {
    let place = Place::open().await;
    let paused = place.falconer(&["pause", "--reason", "\u{1b}[2Jcase 42"]).spawn().unwrap().wait().await.unwrap();
    assert!(paused.success());
    let (code, out, _) = doctor(&place, &[]).await;
    assert_eq!(code, 0, "a note is well: {out}");
    assert!(out.contains("note     111122223333  switch") && out.contains("case 42"), "{out}");
    assert!(out.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~')), "hostile text moves no cursor: {out:?}");

    place.fault(json!({ "operation": "ssm.GetInventory", "fault": "error:InternalServerError" })).await;
    let (code, out, _) = doctor(&place, &["--account", MEMBER]).await;
    assert_eq!((code, out.contains("unknown  ")), (3, true), "{out}");
    place.control("DELETE", "faults", Value::Null).await;

    place.fault(json!({ "operation": "sts.GetCallerIdentity", "fault": "error:AccessDenied" })).await;
    let (code, out, err) = doctor(&place, &[]).await;
    assert_eq!((code, out.as_str(), err.contains("GetCallerIdentity")), (3, "", true), "{err}");
    for arguments in [&["--account", "12"][..], &["--region", "US"], &["--healthy"]] {
        assert_eq!(doctor(&place, arguments).await.0, 2, "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_external_id_is_told_be_it_right_or_wrong() {
    let place = Place::open().await;
    for arguments in [&["--all"][..], &["--json"]] {
        let (_, out, err) = doctor(&place, arguments).await;
        assert!(!out.contains(EXTERNAL_ID) && !err.contains(EXTERNAL_ID), "{out}{err}");
        let mut wrong = falconer(&place, arguments);
        let (code, out, err) = ended(wrong.env("FALCONER_ACCOUNTS_EXTERNAL_ID", "gu3ssed"), "").await;
        assert_eq!(code, 1, "{out}{err}");
        assert!(
            out.contains("accounts.external_id") && !out.contains("gu3ssed") && !err.contains("gu3ssed"),
            "{out}{err}"
        );
    }
}
