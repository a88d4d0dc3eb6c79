use proptest::prelude::*;
use serde_json::json;

use super::*;

fn lifecycle(name: &str, member: &str, state: &str) -> Value {
    json!({
        "version": "0",
        "detail-type": "AWS Service Event via CloudTrail",
        "source": "aws.controltower",
        "account": "111122223333",
        "time": "2026-01-15T10:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {
            "eventSource": "controltower.amazonaws.com",
            "eventName": name,
            "eventType": "AwsServiceEvent",
            "serviceEventDetails": {member: {
                "organizationalUnit": {"organizationalUnitName": "Workloads", "organizationalUnitId": "ou-ab12-cdefgh34"},
                "account": {"accountName": "payments", "accountId": "444455556666"},
                "state": state,
                "message": "AWS Control Tower did it.",
                "requestedTimestamp": "2026-01-15T09:30:18+0000",
                "completedTimestamp": "2026-01-15T09:58:32+0000",
            }},
        },
    })
}

fn created() -> Value {
    lifecycle("CreateManagedAccount", "createManagedAccountStatus", "SUCCEEDED")
}

fn organizations(name: &str) -> Value {
    json!({
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.organizations",
        "account": "111122223333",
        "region": "us-east-1",
        "detail": {
            "eventSource": "organizations.amazonaws.com",
            "eventName": name,
            "requestParameters": {
                "accountId": "444455556666", "sourceParentId": "ou-ab12-cdefgh34", "destinationParentId": "r-ab12",
            },
        },
    })
}

fn with(mut event: Value, pointer: &str, value: Value) -> Value {
    *event.pointer_mut(pointer).unwrap() = value;
    event
}

fn ignored(input: &Value) -> &'static str {
    match AccountRequest::read(input) {
        Ok(AccountRequest::Ignored { why }) => why.name(),
        other => panic!("{input}: {other:?}"),
    }
}

#[test]
fn an_account_that_is_created_or_updated_is_protected() {
    let updated = lifecycle("UpdateManagedAccount", "updateManagedAccountStatus", "SUCCEEDED");
    for (event, origin) in [(created(), Origin::Created), (updated, Origin::Updated)] {
        let label = Label {
            account_name: Some("payments".to_owned()),
            unit_name: Some("Workloads".to_owned()),
            unit_id: Some("ou-ab12-cdefgh34".to_owned()),
        };
        let account = "444455556666".parse().unwrap();
        let expected = AccountRequest::Onboard { account, label, origin, reason: None, dry_run: false };
        assert_eq!(AccountRequest::read(&event), Ok(expected));
    }
}

#[test]
fn what_is_not_to_be_acted_on_is_a_named_outcome() {
    let call = "AWS API Call via CloudTrail";
    let refused = {
        let mut event = organizations("CloseAccount");
        event["detail"]["errorCode"] = json!("ConstraintViolationException");
        event
    };
    for (input, name) in [
        (lifecycle("CreateManagedAccount", "createManagedAccountStatus", "FAILED"), "Event.NotSucceeded"),
        (lifecycle("CreateManagedAccount", "createManagedAccountStatus", "succeeded"), "Event.NotSucceeded"),
        (with(created(), "/detail-type", json!(call)), "Event.ApiCall"),
        (with(with(created(), "/detail-type", json!(call)), "/source", json!("aws.servicecatalog")), "Event.ApiCall"),
        (lifecycle("SetupLandingZone", "setupLandingZoneStatus", "SUCCEEDED"), "Event.Other"),
        (with(created(), "/detail-type", json!("Drift Detected")), "Event.Other"),
        (organizations("MoveAccount"), "Account.Moved"),
        (organizations("InviteAccountToOrganization"), "Event.Other"),
        (with(organizations("CloseAccount"), "/detail-type", json!("AWS Service Event via CloudTrail")), "Event.Other"),
        (refused, "Event.CallRefused"),
    ] {
        assert_eq!(ignored(&input), name, "{input}");
    }
}

#[test]
fn an_event_can_only_ask_for_a_dry_run_of_letting_go() {
    for (name, expected) in [("CloseAccount", Origin::Closed), ("RemoveAccountFromOrganization", Origin::Removed)] {
        match AccountRequest::read(&with(
            organizations(name),
            "/detail/requestParameters",
            json!({
                "accountId": "444455556666", "confirm": "0f1e2d3c4b5a6978",
            }),
        )) {
            Ok(AccountRequest::Offboard { origin, confirm: None, .. }) => assert_eq!(origin, expected),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_person_names_the_account() {
    let account: AccountId = "444455556666".parse().unwrap();
    let onboard = |dry_run, reason: Option<&str>| AccountRequest::Onboard {
        account,
        label: Label::default(),
        origin: Origin::Person,
        reason: reason.map(str::to_owned),
        dry_run,
    };
    let offboard = |confirm: Option<&str>| AccountRequest::Offboard {
        account,
        origin: Origin::Person,
        reason: None,
        confirm: confirm.map(|text| text.parse().unwrap()),
    };
    for (form, expected) in [
        (json!({"accountId": "444455556666"}), onboard(false, None)),
        (json!({"accountId": "444455556666", "reason": "old", "dryRun": true}), onboard(true, Some("old"))),
        (json!({"accountId": "444455556666", "action": "onboard"}), onboard(false, None)),
        (json!({"accountId": "444455556666", "action": "offboard"}), offboard(None)),
        (json!({"accountId": "444455556666", "action": "offboard", "dryRun": true}), offboard(None)),
        (
            json!({"accountId": "444455556666", "action": "offboard", "confirm": "0f1e2d3c4b5a6978"}),
            offboard(Some("0f1e2d3c4b5a6978")),
        ),
    ] {
        assert_eq!(AccountRequest::read(&form), Ok(expected), "{form}");
    }
}

#[test]
fn a_wrong_input_is_refused_by_the_name_of_its_field() {
    let account = "/detail/serviceEventDetails/createManagedAccountStatus/account/accountId";
    let state = "/detail/serviceEventDetails/createManagedAccountStatus/state";
    let form = |more: Value| {
        let mut form = json!({"accountId": "444455556666"});
        form.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        form
    };
    for (input, field) in [
        (json!([]), "input"),
        (json!({}), "accountId"),
        (json!({"accountId": "XXXXXXXXXXXX"}), "accountId"),
        (json!({"accountId": 444_455_556_666_u64}), "accountId"),
        (form(json!({"account": "444455556666"})), "account"),
        (form(json!({"action": "delete"})), "action"),
        (form(json!({"reason": ""})), "reason"),
        (form(json!({"confirm": "0f1e2d3c4b5a6978"})), "confirm"),
        (form(json!({"action": "offboard", "confirm": "yes"})), "confirm"),
        (form(json!({"action": "offboard", "dryRun": false})), "confirm"),
        (form(json!({"action": "offboard", "dryRun": true, "confirm": "0f1e2d3c4b5a6978"})), "dryRun"),
        (with(created(), account, json!("44445555666")), "createManagedAccountStatus.account.accountId"),
        (with(created(), account, json!("XXXXXXXXXXXX")), "createManagedAccountStatus.account.accountId"),
        (with(created(), account, Value::Null), "createManagedAccountStatus.account.accountId"),
        (with(created(), state, Value::Null), "createManagedAccountStatus.state"),
        (lifecycle("CreateManagedAccount", "updateManagedAccountStatus", "SUCCEEDED"), "createManagedAccountStatus"),
        (with(created(), "/detail/eventName", Value::Null), "detail.eventName"),
        (with(created(), "/source", json!("evil.controltower")), "source"),
        (
            with(organizations("CloseAccount"), "/detail/requestParameters/accountId", json!("1")),
            "requestParameters.accountId",
        ),
    ] {
        let error = AccountRequest::read(&input).unwrap_err().to_string();
        assert!(error.contains(field), "{input}: {error}");
    }
}

#[test]
fn what_others_wrote_is_short_and_printable() {
    let name = "/detail/serviceEventDetails/createManagedAccountStatus/account/accountName";
    let hostile = with(created(), name, json!(format!("pay\nments\u{202e}{}", "x".repeat(1000))));
    match AccountRequest::read(&hostile) {
        Ok(AccountRequest::Onboard { label, .. }) => {
            let name = label.account_name.unwrap();
            assert!(name.starts_with("pay?ments?x") && name.len() == 80, "{name}");
        }
        other => panic!("{other:?}"),
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::hash_map("[a-zA-Z]{1,12}", inner, 0..3).prop_map(Value::from_iter),
        ]
    })
}

proptest! {
    /// Whatever stands anywhere in an event, only an account of twelve digits is acted on, and nothing panics.
    #[test]
    fn no_event_makes_an_account_of_anything_else(value in json_value(), place in 0_usize..8) {
        let pointers = [
            "/source", "/detail-type", "/detail", "/detail/eventName", "/detail/serviceEventDetails",
            "/detail/serviceEventDetails/createManagedAccountStatus",
            "/detail/serviceEventDetails/createManagedAccountStatus/state",
            "/detail/serviceEventDetails/createManagedAccountStatus/account/accountId",
        ];
        let event = with(created(), pointers[place], value);
        if let Ok(AccountRequest::Onboard { account, .. }) = AccountRequest::read(&event) {
            let text = account.to_string();
            prop_assert!(text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
