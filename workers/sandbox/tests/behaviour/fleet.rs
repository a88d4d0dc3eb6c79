//! The instances of the organization, as whoever runs the sandbox sees and changes them.

use falconer_sandbox::Scenario;
use serde_json::{Value, json};

use crate::aws::{Aws, HUB, MEMBER};

async fn fleet(aws: &Aws, account: &str) -> Vec<Value> {
    let shown = aws.control("GET", &format!("instances?account={account}"), json!(null)).await.ok();
    shown.as_array().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn a_sandbox_begins_with_instances_in_its_members() {
    let aws = Aws::hub();
    let of_member = fleet(&aws, MEMBER).await;
    assert_eq!(of_member.len(), 6);
    assert_eq!(of_member[0]["id"], "i-0f1a2b3c4d5e6f701");
    let stale = of_member.iter().find(|instance| instance["sensor"].get("lastSeen").is_some()).unwrap();
    assert_eq!(stale["sensor"]["lastSeen"], "2024-03-17T12:00:00Z");
    assert_eq!(fleet(&aws, HUB).await.len(), 0);
    let all = aws.control("GET", "instances", json!(null)).await.ok();
    assert_eq!(all.as_array().unwrap().len(), 12);
}

#[tokio::test(start_paused = true)]
async fn an_instance_is_put_over_the_control_endpoint_and_by_a_scenario() {
    let aws = Aws::hub();
    let instance = json!({"account": HUB, "region": "us-east-1", "id": "i-new", "sensor": {"version": "7.1.0.0"}});
    aws.control("POST", "instances", instance.clone()).await.ok();
    assert_eq!(fleet(&aws, HUB).await[0]["sensor"]["health"], "working");
    let scenario = json!({"instances": [{"account": HUB, "region": "us-east-1", "id": "i-new", "state": "stopped"}]});
    aws.sandbox.apply(Scenario::parse(&scenario.to_string()).unwrap()).unwrap();
    let now = fleet(&aws, HUB).await;
    assert_eq!((now.len(), &now[0]["state"]), (1, &json!("stopped")));
    let wrong = json!([instance, {"account": HUB, "region": "us-east-1", "id": "i-2", "state": "asleep"}]);
    assert_eq!(aws.control("POST", "instances", wrong).await.status, 400);
}
