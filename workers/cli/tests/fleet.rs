//! What a person sees of the fleet, as typed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod place;

use serde_json::{Value, json};
use tokio::process::Command;

use place::{Place, ended};

const FIRST: &str = "444455556666";
const SECOND: &str = "777788889999";
/// The seeded instances are this with another digit at the end.
const WITHOUT_DIGIT: &str = "i-0f1a2b3c4d5e6f70";

fn falconer(place: &Place, arguments: &[&str]) -> Command {
    let mut command = place.falconer(&[&["fleet"], arguments].concat());
    command
        .env("FALCONER_FALCON_CLOUD", format!("{}/falcon", place.endpoint))
        .env("FALCONER_FALCON_CREDENTIALS", "/aws/reference/secretsmanager/falconer/falcon")
        .env("FALCONER_ACCOUNTS_EXTERNAL_ID", "falconer-sandbox");
    command
}

async fn fleet(place: &Place, arguments: &[&str]) -> (i32, String, String) {
    ended(&mut falconer(place, arguments), "").await
}

fn id(digit: char) -> String {
    format!("{WITHOUT_DIGIT}{digit}")
}

/// The last digits of the instances in a table.
fn shown(table: &str) -> String {
    let ids = table.lines().filter_map(|line| line.split_whitespace().nth(2)?.strip_prefix(WITHOUT_DIGIT));
    ids.collect()
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_instance_stands_in_the_table_with_its_verdict_and_nothing_is_written() {
    let place = Place::open().await;
    let (code, out, err) = fleet(&place, &[]).await;
    assert_eq!(code, 1, "{out}{err}");
    assert!(!out.contains('\u{1b}') && err.is_empty(), "plain where there is no terminal: {out}{err}");
    assert!(out.starts_with("ACCOUNT       REGION     INSTANCE"), "{out}");
    assert_eq!(shown(&out), "123456789abc");
    let verdicts = [
        ('1', "healthy "),
        ('2', "missing "),
        ('3', "healthy "),
        ('4', "unmanaged, no agent "),
        ('5', "excluded "),
        ('6', "stale "),
        ('7', "reduced functionality "),
        ('8', "unsupported platform "),
        ('9', "unmanaged, stopped "),
        ('a', "unmanaged, connection lost "),
        ('b', "outdated "),
        ('c', "missing "),
    ];
    for (digit, verdict) in verdicts {
        let line = out.lines().find(|line| line.contains(&id(digit))).unwrap();
        assert!(line.contains(&format!("  {verdict}")), "{line}");
    }
    let stale = out.lines().find(|line| line.contains(&id('6'))).unwrap();
    assert!(stale.starts_with(FIRST) && stale.contains("Amazon Linux 2023 (x86_64)"), "{stale}");
    assert!(stale.contains("7.19.18110.0  20") && stale.ends_with("UTC"), "{stale}");
    let summary = "12 instances: 2 healthy, 2 missing, 1 stale, 1 reduced functionality, 1 outdated, 3 unmanaged, \
                   1 unsupported platform, 1 excluded";
    assert_eq!(out.lines().last(), Some(summary));
    for operation in ["config.PutEvaluations", "securityhub.BatchImportFindings", "securityhub.BatchUpdateFindings"] {
        assert_eq!(place.calls(operation).await, 0, "{operation}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_chooses_what_is_shown_and_the_exit_code_is_of_what_is_shown() {
    let place = Place::open().await;
    let cases: [(&[&str], &str, i32); 9] = [
        (&["--verdict", "healthy,excluded"], "135", 0),
        (&["--verdict", "missing,stale", "--account", FIRST], "26", 1),
        (&["--verdict", "reduced", "--verdict", "unsupported"], "78", 1),
        (&["--platform", "windows"], "3a", 1),
        (&["--platform", "linux", "--unhealthy"], "2678bc", 1),
        (&["--unhealthy"], "24678abc", 1),
        (&["--unhealthy", "--verdict", "healthy"], "", 0),
        (&["--region", "us-east-1", "--account", SECOND], "789abc", 1),
        (&["--region", "eu-west-1"], "", 0),
    ];
    for (arguments, digits, expected) in cases {
        let (code, out, err) = fleet(&place, arguments).await;
        assert_eq!((code, shown(&out).as_str()), (expected, digits), "{arguments:?}: {out}{err}");
    }
    let (_, out, _) = fleet(&place, &["--verdict", "healthy"]).await;
    assert_eq!(out.lines().last(), Some("2 instances: 2 healthy (10 more not shown)"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_accounts_that_are_meant_are_asked() {
    let place = Place::open().await;
    fleet(&place, &["--region", "eu-west-1"]).await;
    assert_eq!(place.calls("sts.AssumeRole").await, 0);
    fleet(&place, &["--account", FIRST]).await;
    assert_eq!((place.calls("sts.AssumeRole").await, place.calls("config.SelectResourceConfig").await), (1, 1));
    let asked = place.calls("config.SelectAggregateResourceConfig").await;
    fleet(&place, &["--account", FIRST, "--region", "us-east-1"]).await;
    assert_eq!(place.calls("config.SelectAggregateResourceConfig").await, asked, "the place is known");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_has_each_instance_with_the_whole_verdict_on_a_line() {
    let place = Place::open().await;
    let (code, out, _) = fleet(&place, &["--json"]).await;
    let lines = json_lines(&out);
    assert_eq!((code, lines.len()), (1, 12), "{out}");
    let outdated = lines.iter().find(|line| line["instance"] == id('b')).unwrap();
    let verdict = json!({ "verdict": "outdated", "version": "6.54.15110.0", "wanted": "7.19.18110" });
    assert_eq!(outdated["verdict"], verdict);
    assert_eq!((&outdated["account"], &outdated["region"]), (&json!(SECOND), &json!("us-east-1")));
    assert_eq!((&outdated["platform"], &outdated["version"]), (&json!("SLES 15.5 (x86_64)"), &json!("6.54.15110.0")));
    assert!(outdated["lastSeen"].is_string(), "{outdated}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_cannot_be_read_stops_no_other_and_is_listed_with_what_to_do() {
    let place = Place::open().await;
    let denied =
        json!({ "operation": "config.SelectResourceConfig", "fault": "error:AccessDeniedException", "times": 1 });
    place.fault(denied.clone()).await;
    let (code, out, err) = fleet(&place, &["--verdict", "healthy,excluded,missing"]).await;
    assert_eq!(code, 3, "{out}{err}");
    assert!(matches!(shown(&out).as_str(), "1235" | "c"), "{out}");
    let unread = out.lines().last().unwrap();
    assert!(
        unread.starts_with("Config.AccessDenied ") && unread.contains("Grant config:SelectResourceConfig"),
        "{out}"
    );

    place.fault(denied).await;
    let (code, out, _) = fleet(&place, &["--json"]).await;
    let lines = json_lines(&out);
    assert_eq!((code, lines.len()), (3, 7), "{out}");
    assert_eq!(lines[6]["error"], "Config.AccessDenied");
    assert!([FIRST, SECOND].contains(&lines[6]["account"].as_str().unwrap()), "{out}");

    place
        .control("POST", "instances", json!({ "account": "111122223333", "region": "us-east-1", "id": id('d') }))
        .await;
    let (code, out, _) = ended(falconer(&place, &[]).env("FALCONER_ACCOUNTS_EXTERNAL_ID", "another"), "").await;
    assert_eq!((code, shown(&out).as_str()), (3, "d"), "the hub needs no role: {out}");
    assert_eq!(out.matches("Account.AccessDenied ").count(), 2, "{out}");
    assert!(out.contains("accounts.external_id") && !out.contains("another"), "{out}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_does_not_answer_is_named_and_nothing_is_guessed() {
    let place = Place::open().await;
    for (operation, fault, error, known) in [
        ("ssm.DescribeInstanceInformation", "error:AccessDeniedException", "Ssm.AccessDenied", "135679b"),
        ("falcon.Hosts", "error:403", "Falcon.AccessDenied", "59"),
    ] {
        place.fault(json!({ "operation": operation, "fault": fault })).await;
        let (code, out, err) = fleet(&place, &[]).await;
        assert_eq!(code, 3, "{operation}: {out}{err}");
        let known_ones: Vec<&str> = out.lines().filter(|line| !line.contains("  unknown")).collect();
        assert_eq!(shown(&known_ones.join("\n")), known, "{operation}: {out}");
        assert!(out.lines().last().unwrap().starts_with(&format!("{error} {SECOND}/us-east-1: ")), "{out}");
        let (code, out, _) = fleet(&place, &["explain", &id('2')]).await;
        assert_eq!(code, 3, "{operation}: {out}");
        assert!(
            out.contains("did not answer") && out.contains("Verdict          unknown") && out.contains(error),
            "{out}"
        );
        place.control("DELETE", "faults", Value::Null).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_is_explained_by_what_each_source_says_of_it() {
    let place = Place::open().await;
    let cases: [(char, i32, &[&str]); 6] = [
        (
            '1',
            0,
            &["works in full, its update policy wants 7.19.18110", "Verdict          healthy", "Nothing is to be done"],
        ),
        (
            '2',
            1,
            &[
                "running, arm64",
                "tag Name=web-2",
                "agent online, Ubuntu 22.04",
                "lists no Falcon sensor",
                "knows no sensor on it",
            ],
        ),
        ('4', 1, &["does not manage it", "unmanaged, no agent: ", "AmazonSSMManagedInstanceCore"]),
        ('7', 1, &["in reduced functionality mode", "Update the sensor or the kernel"]),
        ('9', 0, &["stopped, x86_64", "not asked, since nothing on it can report"]),
        (
            'b',
            1,
            &[
                "lists the Falcon sensor 6.54.0",
                " 6.54.15110.0, last seen 20",
                "outdated: The Falcon sensor is 6.54.15110.0",
            ],
        ),
    ];
    for (digit, expected, says) in cases {
        let (code, out, err) = fleet(&place, &["explain", &id(digit)]).await;
        assert_eq!(code, expected, "{digit}: {out}{err}");
        assert!(out.contains("no active finding about it"), "{digit}: {out}");
        for words in says {
            assert!(out.contains(words), "{words:?} is missing in:\n{out}");
        }
    }
    let (code, out, _) = fleet(&place, &["explain", &id('9'), "--json"]).await;
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &told["verdict"]), (0, &json!({ "verdict": "unmanaged", "why": "stopped" })));
    assert_eq!(
        (&told["falcon"], &told["config"]["state"]),
        (&json!({}), &json!("stopped")),
        "what was not asked is left out"
    );
    let (_, out, _) = fleet(&place, &["explain", &id('b'), "--json"]).await;
    let told: Value = serde_json::from_str(&out).unwrap();
    let sensor = &told["falcon"]["sensors"][0];
    assert_eq!((&sensor["wanted"], &sensor["reducedFunctionality"]), (&json!("7.19.18110"), &json!(false)));
    assert_eq!(told["systemsManager"]["managed"]["ping"], "online");
    assert_eq!((&told["securityHub"], &told["silence"]), (&json!({ "finding": null }), &json!([])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_finding_is_told_with_the_installs_that_failed() {
    let place = Place::open().await;
    let finding = format!("falconer/check-compliance/{FIRST}/us-east-1/{}", id('2'));
    let product = format!("arn:aws:securityhub:us-east-1:{FIRST}:product/{FIRST}/default");
    place
        .control(
            "POST",
            "findings",
            json!({
                "SchemaVersion": "2018-10-08", "Id": finding, "ProductArn": product, "AwsAccountId": FIRST,
                "GeneratorId": "falconer/check-compliance", "Types": ["Software and Configuration Checks"],
                "Title": "t", "Description": "no sensor\u{9b}2J", "Severity": { "Label": "HIGH" },
                "CreatedAt": "2026-01-15T10:00:00Z", "UpdatedAt": "2026-01-15T10:00:00Z", "RecordState": "ACTIVE",
                "Resources": [{ "Type": "AwsEc2Instance", "Id": "i-1" }],
                "UserDefinedFields": { "falconerInstallFailures": "2", "falconerInstallFailedAt": "2026-01-15T10:00:00Z",
                                       "falconerInstallError": "Ssm.DeliveryTimedOut" },
            }),
        )
        .await;
    let (_, out, _) = fleet(&place, &["explain", &id('2')]).await;
    assert!(out.contains("Security Hub     HIGH (2026-01-15 10:00 UTC): no sensor?2J\n"), "{out}");
    assert!(
        out.contains("installs failed in a row: 2, the last at 2026-01-15 10:00 UTC (Ssm.DeliveryTimedOut)\n"),
        "the back-off is long over: {out}"
    );
    let (_, out, _) = fleet(&place, &["explain", &id('2'), "--json"]).await;
    let told: Value = serde_json::from_str(&out).unwrap();
    let installs = json!({ "failures": 2, "failedAt": "2026-01-15T10:00:00Z", "error": "Ssm.DeliveryTimedOut" });
    assert_eq!(
        (&told["securityHub"]["finding"]["id"], &told["securityHub"]["finding"]["installs"]),
        (&json!(finding), &installs)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_text_moves_no_cursor() {
    let place = Place::open().await;
    let hostile = "\u{1b}[2Jgone\u{9b}1m\u{202e}\nVerdict healthy";
    let tags = json!({ "Name": hostile, "falconer:exclude": "" });
    let platform = json!({ "kind": "Linux", "name": hostile, "version": "1", "architecture": "x86_64" });
    let instance =
        json!({ "account": FIRST, "region": "us-east-1", "id": id('d'), "tags": tags, "platform": platform });
    place.control("POST", "instances", instance).await;
    let one = ["explain", &id('d')].map(str::to_owned);
    let [explain, id] = [one[0].as_str(), one[1].as_str()];
    for arguments in
        [&["--account", FIRST][..], &["--account", FIRST, "--json"], &[explain, id], &[explain, id, "--json"]]
    {
        let (_, out, err) = fleet(&place, arguments).await;
        assert!(out.contains("gone"), "{arguments:?}: {out}{err}");
        assert!(out.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~')), "{arguments:?}: {out:?}");
        assert!(!out.lines().any(|line| line.starts_with("Verdict healthy")), "{arguments:?}: {out}");
    }
    let (_, out, _) = fleet(&place, &[explain, id, "--json"]).await;
    assert_eq!(
        serde_json::from_str::<Value>(&out).unwrap()["config"]["tags"]["Name"],
        hostile,
        "as it is, for programs"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_that_cannot_be_found_or_told_apart_exits_with_2_and_says_why() {
    let place = Place::open().await;
    let nobody = id('f');
    let twice = json!({ "account": SECOND, "region": "us-east-1", "id": id('1') });
    place.control("POST", "instances", twice).await;
    let cases: [(&[&str], &str); 5] = [
        (&["explain", &nobody], "records no such instance in the organization"),
        (
            &["explain", &nobody, "--account", FIRST, "--region", "us-east-1"],
            "no such instance in 444455556666/us-east-1",
        ),
        (&["explain", &id('1')], "444455556666/us-east-1 and 777788889999/us-east-1"),
        (&["explain", "i-1'; DROP"], "17 (or 8) hexadecimal digits"),
        (&["--verdict", "fine"], "reduced"),
    ];
    for (arguments, says) in cases {
        let (code, out, err) = fleet(&place, arguments).await;
        assert_eq!((code, err.contains(says)), (2, true), "{arguments:?}: {out}{err}");
    }
    let (code, out, _) = fleet(&place, &["explain", &id('1'), "--account", FIRST]).await;
    assert_eq!((code, out.contains(&format!("{} in {FIRST}/us-east-1", id('1')))), (0, true), "{out}");
    let (code, _, err) = ended(falconer(&place, &[]).env_remove("FALCONER_FALCON_CREDENTIALS"), "").await;
    assert_eq!((code, err.contains("falcon.credentials")), (2, true), "{err}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_aggregator_nothing_is_said_and_the_exit_code_is_3() {
    let place = Place::open().await;
    place
        .fault(json!({ "operation": "config.SelectAggregateResourceConfig", "fault": "error:AccessDeniedException" }))
        .await;
    for arguments in [&[][..], &["explain", "i-0f1a2b3c4d5e6f701"]] {
        let (code, out, err) = fleet(&place, arguments).await;
        assert_eq!((code, out.as_str()), (3, ""), "{err}");
        assert!(err.contains("Grant config:SelectAggregateResourceConfig"), "{err}");
    }
    let given = ["explain", "i-0f1a2b3c4d5e6f701", "--account", FIRST, "--region", "us-east-1"];
    assert_eq!(fleet(&place, &given).await.0, 0, "it is not asked where the place is given");
}
