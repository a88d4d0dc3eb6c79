//! Hosts of the Falcon cloud: the fleet as its sensors report it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::aws::Aws;
use crate::falcon::{get, install_token, post, worker_token};

const HOSTS: &str = "/devices/combined/devices/v1";
const BY_ID: &str = "/devices/entities/devices/v2";
const REVEAL: &str = "/policy/combined/reveal-uninstall-token/v1";

fn put(aws: &Aws, id: &str, rest: Value) {
    let mut instance = json!({ "account": "111122223333", "region": "us-east-1", "id": id });
    instance.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    aws.sandbox.put_instance(serde_json::from_value(instance).unwrap());
}

/// A member of the only host with this instance id; null if there is none.
async fn host(aws: &Aws, token: &str, id: &str, member: &str) -> Value {
    get(aws, token, &format!("{HOSTS}?filter=instance_id:'{id}'")).await.body["resources"][0][member].clone()
}

#[tokio::test(start_paused = true)]
async fn a_running_sensor_is_seen_now_and_a_stopped_one_when_it_was_found_stopped() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    let sensor = json!({ "version": "7.19.18110.0" });
    put(&aws, "i-0a", json!({ "sensor": sensor }));
    tokio::time::advance(Duration::from_millis(90_700)).await;
    assert_eq!(host(&aws, &token, "i-0a", "last_seen").await, "2024-05-01T12:01:30Z");
    for state in ["stopped", "terminated"] {
        put(&aws, "i-0a", json!({ "sensor": sensor, "state": state }));
        let seen = host(&aws, &token, "i-0a", "last_seen").await;
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(host(&aws, &token, "i-0a", "last_seen").await, seen);
    }
    put(&aws, "i-0a", json!({ "sensor": sensor }));
    assert_eq!(host(&aws, &token, "i-0a", "last_seen").await, "2024-05-01T12:03:30Z");
    tokio::time::advance(Duration::from_secs(60)).await;
    put(&aws, "i-0a", json!({ "sensor": sensor, "state": "stopped" }));
    assert_eq!(host(&aws, &token, "i-0a", "last_seen").await, "2024-05-01T12:04:30Z");
    let gone = json!({ "version": "7.19.18110.0", "lastSeen": "2024-04-01T00:00:00Z" });
    put(&aws, "i-0b", json!({ "sensor": gone }));
    assert_eq!(host(&aws, &token, "i-0b", "last_seen").await, "2024-04-01T00:00:00Z");
}

#[tokio::test(start_paused = true)]
async fn falcon_knows_a_sensor_from_its_first_report_and_a_silent_one_never() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    put(&aws, "i-0a", json!({ "sensor": { "version": "7.19.18110.0", "reportsFrom": "2024-05-01T12:01:00Z" } }));
    put(&aws, "i-0b", json!({ "sensor": { "version": "7.19.18110.0", "health": "silent" } }));
    assert_eq!(host(&aws, &token, "i-0a", "device_id").await, json!(null));
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(host(&aws, &token, "i-0a", "first_seen").await, "2024-05-01T12:01:00Z");
    assert_eq!(host(&aws, &token, "i-0b", "device_id").await, json!(null));
}

#[tokio::test(start_paused = true)]
async fn hosts_come_by_filter_page_by_page_and_with_the_fields_that_were_asked_for() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    for number in 0..5 {
        put(&aws, &format!("i-0{number}"), json!({ "sensor": { "version": "7.19.18110.0" } }));
    }
    put(
        &aws,
        "i-win",
        json!({
            "platform": { "kind": "Windows", "name": "Microsoft Windows Server 2022", "version": "10.0", "architecture": "x86_64" },
            "sensor": { "version": "7.19.18110.0", "health": "reduced" },
        }),
    );
    let linux = "filter=service_provider_account_id:'111122223333'%2Bplatform_name:'Linux'&fields=device_id,instance_id&limit=3";
    let first = get(&aws, &token, &format!("{HOSTS}?{linux}")).await.body;
    let next = first["meta"]["pagination"]["next"].as_str().unwrap();
    let second = get(&aws, &token, &format!("{HOSTS}?{linux}&offset={}", next.replace('=', "%3D"))).await.body;
    assert_eq!(
        (&first["meta"]["pagination"]["total"], &second["meta"]["pagination"]["next"]),
        (&json!(5), &json!(null))
    );
    let hosts: Vec<&Value> = [&first, &second].iter().flat_map(|page| page["resources"].as_array().unwrap()).collect();
    assert!(hosts.iter().all(|host| host.as_object().unwrap().len() == 2) && hosts.len() == 5);
    assert!(hosts.is_sorted_by_key(|host| host["device_id"].as_str()));
    assert_eq!(host(&aws, &token, "i-win", "reduced_functionality_mode").await, "yes");
    assert_eq!(host(&aws, &token, "i-01", "reduced_functionality_mode").await, "no");
    let either = format!("{HOSTS}?filter=instance_id:['i-01','i-02']%2Bplatform_name:'Linux',instance_id:'i-win'");
    assert_eq!(get(&aws, &token, &either).await.body["resources"].as_array().unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn records_of_any_form_may_stand_beside_the_fleets() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    aws.control("POST", "falcon/hosts", json!([{ "instance_id": "i-0a", "last_seen": 7 }, "broken", null])).await.ok();
    let found = get(&aws, &token, &format!("{HOSTS}?filter=instance_id:'i-0a'")).await.body;
    assert_eq!(found["resources"].as_array().unwrap().len(), 3);
    let found = get(&aws, &token, &format!("{HOSTS}?filter=instance_id:'i-0b'")).await.body;
    assert_eq!(found["resources"], json!(["broken", null]));
}

#[tokio::test(start_paused = true)]
async fn what_falcon_does_not_document_is_refused() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    for (query, status) in [
        ("limit=10000", 200),
        ("limit=10001", 400),
        ("limit=0", 400),
        ("limit=many", 400),
        ("sort=device_id.asc", 200),
        ("sort=hostname", 400),
        ("offset=7", 400),
        ("filter=instance_id:'i-0a'", 200),
        ("filter=instance_id:i-0a", 400),
        ("filter=shoe_size:'46'", 400),
        ("filters=x", 400),
    ] {
        let answer = get(&aws, &token, &format!("{HOSTS}?{query}")).await;
        assert_eq!(answer.status, status, "{query}: {}", answer.body);
    }
    assert_eq!(post(&aws, &token, HOSTS, json!({})).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn a_host_has_one_uninstall_token_and_the_bulk_token_opens_all() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    put(&aws, "i-0a", json!({ "sensor": { "version": "7.19.18110.0" } }));
    let device = host(&aws, &token, "i-0a", "device_id").await;
    let reveal = async |device: &Value| post(&aws, &token, REVEAL, json!({ "device_id": device })).await;
    let (first, again) = (reveal(&device).await.body, reveal(&device).await.body);
    assert_eq!((&first["resources"][0]["device_id"], &first["resources"]), (&device, &again["resources"]));
    let bulk = reveal(&json!("MAINTENANCE")).await.body;
    assert_ne!(bulk["resources"][0]["uninstall_token"], first["resources"][0]["uninstall_token"]);
    assert_eq!(reveal(&json!("ffffffffffffffffffffffffffffffff")).await.error(), "404 device not found");
    assert_eq!(reveal(&json!("")).await.status, 400);
    let installing = install_token(&aws).await;
    assert_eq!(post(&aws, &installing, REVEAL, json!({ "device_id": device })).await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn hosts_come_by_their_ids_and_the_unknown_are_left_out() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    put(&aws, "i-0a", json!({ "sensor": { "version": "7.19.18110.0" } }));
    let device = host(&aws, &token, "i-0a", "device_id").await;
    aws.control("POST", "falcon/hosts", json!([{ "device_id": "raw", "zone_group": 7 }, "broken"])).await.ok();
    let by_id = async |ids: Value| post(&aws, &token, BY_ID, json!({ "ids": ids })).await;
    let found = by_id(json!([device, "nobody", "raw"])).await.body;
    assert_eq!(found["resources"], json!([found["resources"][0], { "device_id": "raw", "zone_group": 7 }]));
    let combined = get(&aws, &token, &format!("{HOSTS}?filter=instance_id:'i-0a'")).await.body;
    assert_eq!(found["resources"][0], combined["resources"][1]);
    assert_eq!(found["resources"][0]["zone_group"], "us-east-1a");
    for (ids, status) in
        [(json!([]), 400), (json!([7]), 400), (json!(vec!["a"; 5001]), 400), (json!(vec!["a"; 5000]), 200)]
    {
        assert_eq!(by_id(ids).await.status, status);
    }
    let installing = install_token(&aws).await;
    assert_eq!(post(&aws, &installing, BY_ID, json!({ "ids": ["a"] })).await.status, 403);
}
