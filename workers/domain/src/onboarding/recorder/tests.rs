use super::*;

fn place() -> Place {
    Place { account: "444455556666".parse().unwrap(), region: "us-gov-west-1".parse().unwrap() }
}

fn types(types: &[&str]) -> BTreeSet<String> {
    types.iter().map(|text| (*text).to_owned()).collect()
}

fn recorder(name: &str, group: RecordingGroup, recording: bool) -> ConfigFacts {
    let (name, role_arn) = (name.to_owned(), "arn:aws:iam::444455556666:role/config".to_owned());
    let recorder = Recorder { name, role_arn, group, recording, started: "2026-01-15T10:00:00Z".parse().ok() };
    ConfigFacts { recorder: Some(recorder), has_channel: true }
}

fn all() -> RecordingGroup {
    RecordingGroup::AllBut(BTreeSet::new())
}

fn acts(facts: &ConfigFacts) -> RecorderActs {
    match facts.decide(&place(), Some("config-bucket")) {
        RecorderDecision::Act(acts) => acts,
        other => panic!("{other:?}"),
    }
}

fn told(facts: &ConfigFacts) -> RecorderProblem {
    match facts.decide(&place(), None) {
        RecorderDecision::Told(problem) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_recorder_that_records_what_is_needed_is_left_alone() {
    for name in ["default", "aws-controltower-BaselineConfigRecorder"] {
        for group in [all(), RecordingGroup::Only(types(&NEEDED)), RecordingGroup::AllBut(types(&[VPC]))] {
            assert_eq!(recorder(name, group, true).decide(&place(), None), RecorderDecision::Nothing, "{name}");
        }
    }
}

#[test]
fn where_nothing_records_a_recorder_is_made() {
    let nothing = ConfigFacts { recorder: None, has_channel: false };
    let made = acts(&nothing);
    let role = "arn:aws-us-gov:iam::444455556666:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig";
    assert_eq!(made.put, Some((role.to_owned(), types(&ALL))));
    assert_eq!((made.name.as_str(), made.channel.as_deref(), made.start), ("default", Some("config-bucket"), true));
    assert_eq!(told(&nothing), RecorderProblem::NoBucket);
    assert_eq!(acts(&ConfigFacts { has_channel: true, ..nothing }).channel, None);
}

#[test]
fn one_that_is_stopped_is_started() {
    let stopped = recorder("default", all(), false);
    assert_eq!(acts(&stopped), RecorderActs { name: "default".to_owned(), put: None, channel: None, start: true });
    let without_channel = ConfigFacts { has_channel: false, ..stopped };
    assert_eq!(acts(&without_channel).channel.as_deref(), Some("config-bucket"));
    assert_eq!(told(&without_channel), RecorderProblem::NoBucket);
}

#[test]
fn one_that_records_other_types_goes_on_with_them() {
    let amended = acts(&recorder("default", RecordingGroup::Only(types(&["AWS::S3::Bucket", INSTANCE])), true));
    let (role, recorded) = amended.put.unwrap();
    assert_eq!(role, "arn:aws:iam::444455556666:role/config");
    assert!(recorded.is_superset(&types(&["AWS::S3::Bucket", INSTANCE, INVENTORY])), "{recorded:?}");
    assert!(!amended.start);
}

#[test]
fn what_somebody_else_decided_is_told_and_not_changed() {
    const TOWER: &str = "aws-controltower-BaselineConfigRecorder";
    let less = recorder(TOWER, RecordingGroup::AllBut(types(&[INVENTORY])), true);
    let (name, missing) = (TOWER.to_owned(), vec![INVENTORY.to_owned()]);
    assert_eq!(told(&less), RecorderProblem::ControlTowerRecordsLess { name, missing });
    let stopped = RecorderProblem::ControlTowerStopped { name: TOWER.to_owned() };
    assert_eq!(told(&recorder(TOWER, all(), false)), stopped);
    let excluding = recorder("default", RecordingGroup::AllBut(types(&[INSTANCE])), true);
    assert!(matches!(told(&excluding), RecorderProblem::Excluded { .. }));
    assert!(told(&excluding).to_string().contains(INSTANCE));
}

#[test]
fn what_config_does_not_show_is_known_to_be_missing_only_after_a_while() {
    let later = "2026-01-15T10:15:00Z".parse().unwrap();
    let soon = "2026-01-15T10:14:59Z".parse().unwrap();
    assert!(recorder("default", all(), true).knows_all(TRAIL, later));
    assert!(!recorder("default", all(), true).knows_all(TRAIL, soon));
    assert!(!recorder("default", all(), false).knows_all(TRAIL, later));
    assert!(!recorder("default", RecordingGroup::Only(types(&NEEDED)), true).knows_all(TRAIL, later));
    assert!(!ConfigFacts { recorder: None, has_channel: true }.knows_all(TRAIL, later));
}
