//! What Falcon knows of instances.

use std::time::Duration;

use falconer_falcon::{FalconError, Hosts};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::wire::{Line, TOKEN, answer};

const HOSTS: &str = "/devices/combined/devices/v1";
const ACCOUNT: &str = "444455556666";

fn instance(id: &str, sensor: Value) -> Value {
    json!({ "account": ACCOUNT, "region": "eu-west-1", "id": id, "sensor": sensor })
}

fn working() -> Value {
    json!({ "version": "7.19.18110.0" })
}

fn ids(hosts: &Hosts) -> Vec<&str> {
    let mut ids: Vec<&str> = hosts.found.iter().filter_map(|host| host.instance_id.as_deref()).collect();
    ids.sort_unstable();
    ids
}

/// A line on which every request for hosts is answered like this.
fn answering(body: Value) -> Line {
    Line::interfered(move |request| (request.uri().path() == HOSTS).then(|| answer(200, &body)))
}

#[tokio::test(start_paused = true)]
async fn a_host_is_what_its_sensor_reports() {
    let line = Line::open();
    let sensor = json!({ "version": "7.19.18110.0", "health": "reduced", "reportsFrom": "2026-01-15T09:59:00.7Z" });
    line.put_instance(instance("i-0a", sensor));
    let hosts = line.falcon.hosts(ACCOUNT, &["i-0a"]).await.unwrap();
    let host = &hosts.found[0];
    assert_eq!((hosts.found.len(), hosts.malformed), (1, 0));
    assert_eq!(host.device_id.as_ref().unwrap().len(), 32);
    assert_eq!(host.cid.as_deref(), Some("00000000000000000000000000000c1d"));
    assert_eq!(host.instance_id.as_deref(), Some("i-0a"));
    assert_eq!(host.service_provider_account_id.as_deref(), Some(ACCOUNT));
    assert_eq!(host.platform_name.as_deref(), Some("Linux"));
    assert_eq!(host.agent_version.as_deref(), Some("7.19.18110.0"));
    assert_eq!(host.first_seen, Some("2026-01-15T09:59:00Z".parse().unwrap()));
    assert_eq!(host.last_seen, Some("2026-01-15T10:00:12Z".parse().unwrap()));
    assert_eq!(host.reduced_functionality_mode.as_deref(), Some("yes"));
    assert_eq!(host.provision_status.as_deref(), Some("Provisioned"));
    assert_eq!(host.status.as_deref(), Some("normal"));
    assert_eq!(host.zone_group.as_deref(), Some("eu-west-1a"));
    assert_eq!(host.os_version.as_deref(), Some("Amazon Linux 2023"));
    let policies = line.falcon.update_policies().await.unwrap();
    assert!(policies.get(host.update_policy.as_ref().unwrap()).is_some());
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_falcon_does_not_know_is_not_found() {
    let line = Line::open();
    line.put_instance(instance("i-0a", working()));
    line.put_instance(instance("i-0b", json!({ "version": "7.19.18110.0", "health": "silent" })));
    line.put_instance(json!({ "account": ACCOUNT, "region": "eu-west-1", "id": "i-0c" }));
    let asked = ["i-0a", "i-0b", "i-0c", "i-0d"];
    assert_eq!(ids(&line.falcon.hosts(ACCOUNT, &asked).await.unwrap()), ["i-0a"]);
    assert_eq!(line.falcon.hosts("777788889999", &asked).await.unwrap(), Hosts::default());
}

#[tokio::test(start_paused = true)]
async fn a_hundred_ids_are_a_request_whose_url_every_server_takes() {
    let line = Line::open();
    let asked: Vec<String> = (0..250).map(|number| format!("i-{number:017x}")).collect();
    for id in &asked {
        line.put_instance(instance(id, working()));
    }
    assert_eq!(ids(&line.falcon.hosts(ACCOUNT, &asked).await.unwrap()), asked);
    let urls = line.urls(HOSTS);
    assert_eq!(urls.len(), 3);
    assert!(urls.iter().all(|url| url.len() < 4000), "{}", urls[0].len());
    assert_eq!(line.falcon.hosts::<&str>(ACCOUNT, &[]).await.unwrap(), Hosts::default());
    assert_eq!(line.count(HOSTS), 3);
}

#[tokio::test(start_paused = true)]
async fn a_long_list_is_read_to_its_end() {
    let line = Line::open();
    let record = json!({ "instance_id": "i-0a", "service_provider_account_id": ACCOUNT });
    line.control("POST", "falcon/hosts", vec![record; 2500].into()).await;
    assert_eq!(line.falcon.hosts(ACCOUNT, &["i-0a"]).await.unwrap().found.len(), 2500);
    assert_eq!(line.count(HOSTS), 3);
}

#[tokio::test(start_paused = true)]
async fn a_list_without_its_end_is_no_list() {
    let short = answering(json!({"meta": {"pagination": {"total": 2}}, "resources": [{"instance_id": "i-0a"}]}));
    let error = short.falcon.hosts(ACCOUNT, &["i-0a"]).await.unwrap_err();
    assert!(matches!(&error, FalconError::Unavailable { .. }) && error.to_string().contains("1 of 2"), "{error}");
    let circle = answering(json!({"meta": {"pagination": {"next": "again"}}, "resources": [{"instance_id": "i-0a"}]}));
    let error = circle.falcon.hosts(ACCOUNT, &["i-0a"]).await.unwrap_err();
    assert!(matches!(error, FalconError::Malformed { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn half_a_page_of_broken_records_costs_no_other() {
    let line = Line::open();
    let of_ours = |mut record: Value| {
        record["instance_id"] = "i-0b".into();
        record["service_provider_account_id"] = ACCOUNT.into();
        record
    };
    line.put_instance(instance("i-0a", working()));
    let records = json!([
        of_ours(json!({})),
        of_ours(json!({"agent_version": null, "last_seen": null, "device_policies": null})),
        of_ours(json!({"device_policies": {"sensor_update": null}})),
        of_ours(json!({"agent_version": 7})),
        of_ours(json!({"last_seen": "yesterday"})),
        of_ours(json!({"device_policies": "none"})),
        "not a record",
        null,
        ["i-0b"],
    ]);
    line.control("POST", "falcon/hosts", records).await;
    let hosts = line.falcon.hosts(ACCOUNT, &["i-0a", "i-0b"]).await.unwrap();
    assert_eq!((ids(&hosts), hosts.malformed), (vec!["i-0a", "i-0b", "i-0b", "i-0b"], 6));
}

#[tokio::test(start_paused = true)]
async fn hostile_text_in_an_id_is_never_part_of_a_filter() {
    let line = Line::open();
    line.put_instance(instance("i-0a", working()));
    let hostile = [
        "i-0b'],platform_name:['Linux",
        "*",
        "i-*",
        "i-0b','i-0a",
        "i-0b\\",
        "i-0b&filter=",
        "i-0b\u{27}+!",
        "i-0b\n",
        "",
    ];
    assert_eq!(line.falcon.hosts(ACCOUNT, &hostile).await.unwrap(), Hosts::default());
    assert_eq!(line.falcon.hosts("4'+platform_name:'Linux", &["i-0a"]).await.unwrap(), Hosts::default());
    assert_eq!(line.count(HOSTS), 0);
    let mixed: Vec<&str> = hostile.into_iter().chain(["i-0a"]).collect();
    assert_eq!(ids(&line.falcon.hosts(ACCOUNT, &mixed).await.unwrap()), ["i-0a"]);
    let filter = "filter=instance_id%3A%5B%27i-0a%27%5D%2Bservice_provider_account_id%3A%27444455556666%27&";
    assert!(line.urls(HOSTS)[0].contains(filter), "{:?}", line.urls(HOSTS));
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_waited_out() {
    for (fault, tokens) in [("throttle", 1), ("error:500", 1), ("error:401", 2), ("drop", 1), ("lose-answer", 1)] {
        let line = Line::open();
        line.put_instance(instance("i-0a", working()));
        line.fault(fault, "falcon.Hosts", Some(1)).await;
        let begun = Instant::now();
        assert_eq!(ids(&line.falcon.hosts(ACCOUNT, &["i-0a"]).await.unwrap()), ["i-0a"], "{fault}");
        assert_eq!((line.count(HOSTS), line.count(TOKEN)), (2, tokens), "{fault}");
        // From 10:00:12.5 to 10:01:00.
        assert_eq!(begun.elapsed() == Duration::from_millis(47_500), fault == "throttle");
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_pass_is_named() {
    for (fault, transient) in [("throttle", true), ("error:500", true), ("error:401", false), ("error:403", false)] {
        let line = Line::open();
        line.fault(fault, "falcon.Hosts", None).await;
        assert_eq!(line.falcon.hosts(ACCOUNT, &["i-0a"]).await.unwrap_err().is_transient(), transient, "{fault}");
    }
    let within = answering(json!({"errors": [{"code": 500, "message": "a shard failed"}], "resources": [{}]}));
    assert!(within.falcon.hosts(ACCOUNT, &["i-0a"]).await.unwrap_err().to_string().contains("a shard failed"));
    let denied = Line::install().falcon.hosts(ACCOUNT, &["i-0a"]).await.unwrap_err();
    assert!(
        matches!(denied, FalconError::AccessDenied { .. }) && denied.to_string().contains("\"Hosts: Read\""),
        "{denied}"
    );
}
