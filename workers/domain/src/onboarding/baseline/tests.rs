use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const VPC: &str = "vpc-0a1b2c3d4e5f60718";

fn trail(multi_region: Value, validated: Value) -> Trail {
    let configuration = json!({"isMultiRegionTrail": multi_region, "logFileValidationEnabled": validated});
    Trail::read(&json!({ "configuration": configuration }))
}

fn of_trails(items: Vec<Trail>, whole: bool) -> Judged {
    let recordings = Recordings { trails: Recorded { items, whole }, ..Recordings::default() };
    Baseline::of(&recordings).judgement(&Gap::Trail)
}

fn flow_log(resource: &str, status: &str, delivery: &str) -> FlowLog {
    let configuration = json!({"resourceId": resource, "flowLogStatus": status, "deliverLogsStatus": delivery});
    FlowLog::read(&json!({ "configuration": configuration })).unwrap()
}

fn of_flow_logs(items: Vec<FlowLog>, whole: bool) -> Judged {
    let vpcs = Recorded { items: vec![VPC.parse().unwrap()], whole: true };
    let recordings = Recordings { vpcs, flow_logs: Recorded { items, whole }, ..Recordings::default() };
    Baseline::of(&recordings).judgement(&Gap::FlowLogs { vpc: VPC.parse().unwrap() })
}

#[test]
fn one_trail_that_lacks_nothing_is_enough() {
    let good = trail(json!(true), json!(true));
    let (one_region, unsigned) = (trail(json!(false), json!(true)), trail(json!(true), json!(false)));
    let silent = Trail { logging: Some(false), ..good };
    for (trails, judged) in [
        (vec![], Judged::Open(Lack::NoTrail)),
        (vec![good], Judged::Closed),
        (vec![one_region, good, unsigned], Judged::Closed),
        (vec![one_region], Judged::Open(Lack::OneRegion)),
        (vec![one_region, unsigned], Judged::Open(Lack::NotValidated)),
        (vec![one_region, unsigned, silent], Judged::Open(Lack::NotLogging)),
        (vec![Trail { logging: Some(true), ..good }], Judged::Closed),
    ] {
        assert_eq!(of_trails(trails.clone(), true), judged, "{trails:?}");
    }
}

#[test]
fn what_config_does_not_record_is_no_gap_and_no_comfort() {
    let good = trail(json!(true), json!(true));
    assert_eq!(of_trails(vec![], false), Judged::Unknown);
    assert_eq!(of_trails(vec![trail(json!(false), json!(true))], false), Judged::Unknown);
    assert_eq!(of_trails(vec![good], false), Judged::Closed);
    assert_eq!(of_trails(vec![trail(Value::Null, json!(true))], true), Judged::Unknown);
    assert_eq!(of_trails(vec![trail(json!("true"), json!(true))], true), Judged::Unknown);
    assert_eq!(of_flow_logs(vec![], false), Judged::Unknown);
    assert_eq!(of_flow_logs(vec![FlowLog { resource: VPC.to_owned(), delivers: None }], true), Judged::Unknown);
}

#[test]
fn a_vpc_needs_a_flow_log_of_its_own_that_delivers() {
    for (logs, judged) in [
        (vec![], Judged::Open(Lack::NoFlowLog)),
        (vec![flow_log(VPC, "ACTIVE", "SUCCESS")], Judged::Closed),
        (vec![flow_log("vpc-0a1b2c3d", "ACTIVE", "SUCCESS")], Judged::Open(Lack::NoFlowLog)),
        (vec![flow_log("subnet-0a1b2c3d", "ACTIVE", "SUCCESS")], Judged::Open(Lack::NoFlowLog)),
        (vec![flow_log(VPC, "ACTIVE", "FAILED")], Judged::Open(Lack::NotDelivered)),
        (vec![flow_log(VPC, "ACTIVE", "FAILED"), flow_log(VPC, "ACTIVE", "SUCCESS")], Judged::Closed),
        (vec![flow_log(VPC, "DELETED", "SUCCESS")], Judged::Open(Lack::NotDelivered)),
    ] {
        assert_eq!(of_flow_logs(logs.clone(), true), judged, "{logs:?}");
    }
}

#[test]
fn a_finding_about_a_vpc_that_is_gone_is_over_once_all_vpcs_are_known() {
    let gone = Gap::FlowLogs { vpc: "vpc-0a1b2c3d".parse().unwrap() };
    let known = |whole| Recordings { vpcs: Recorded { items: vec![], whole }, ..Recordings::default() };
    assert_eq!(Baseline::of(&known(true)).judgement(&gone), Judged::Closed);
    assert_eq!(Baseline::of(&known(false)).judgement(&gone), Judged::Unknown);
}

#[test]
fn a_baseline_is_told_in_a_sentence() {
    let vpcs = Recorded { items: vec![VPC.parse().unwrap()], whole: true };
    let trails = Recorded { items: vec![], whole: true };
    let baseline = Baseline::of(&Recordings { trails, vpcs, ..Recordings::default() });
    assert_eq!(baseline.sentence(), "1 gap in the logging baseline, 1 unknown");
    assert!(!baseline.is_whole());
    assert!(Baseline::of(&Recordings::default()).sentence().ends_with("that AWS Config does not show"));
}

proptest! {
    #[test]
    fn no_row_makes_more_of_a_vpc_than_its_id(id in ".*") {
        if let Some(vpc) = VpcId::read(&json!({ "resourceId": id })) {
            prop_assert_eq!(vpc.as_str(), &id);
            prop_assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
        }
    }
}
