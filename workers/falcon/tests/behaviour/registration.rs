//! Accounts in Falcon's cloud security: registered, read, updated and forgotten, by both interfaces.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use falconer_falcon::{FalconError, NewRegistration, Product, Registered, Registration, RegistrationApi};
use http::{Method, Request};
use serde_json::{Value, json};

use crate::wire::{Line, answer};

const NEWER: &str = "/cloud-security-registration-aws/entities/account/v1";
const OLDER: &str = "/cloud-connect-cspm-aws/entities/account/v1";
const ACCOUNT: &str = "444455556666";
const EXTERNAL_ID: &str = "pl4ntedExternalId";

type Seen = Arc<Mutex<Vec<(Method, String, Value)>>>;

/// What is played for a method: a status and a body.
type Played = (Method, u16, Value);

/// A line on which the interfaces answer as played, with what they were sent.
fn playing(played: Vec<Played>) -> (Line, Seen) {
    let seen = Seen::default();
    let record = Arc::clone(&seen);
    let line = Line::interfered(move |request: &Request<Bytes>| {
        let uri = request.uri();
        if !(uri.path().starts_with(NEWER.trim_end_matches("/v1")) || uri.path() == OLDER) {
            return None;
        }
        let body = serde_json::from_slice(request.body()).unwrap_or_default();
        record.lock().unwrap().push((request.method().clone(), uri.path_and_query().unwrap().to_string(), body));
        let played = played.iter().find(|(method, _, _)| method == request.method());
        played.map(|(_, status, body)| answer(*status, body))
    });
    (line, seen)
}

fn wanted(api: RegistrationApi, features: &[&str]) -> NewRegistration {
    let features = features.iter().map(|feature| (*feature).to_owned()).collect();
    NewRegistration {
        api,
        account: ACCOUNT.to_owned(),
        government: false,
        organization: Some("o-exampleorgid".to_owned()),
        role_arn: None,
        trail_region: "us-east-1".to_owned(),
        uses_existing_trail: true,
        products: vec![Product { name: "cspm".to_owned(), features }],
    }
}

fn older_record() -> Value {
    json!({
        "account_id": ACCOUNT,
        "iam_role_arn": "arn:aws:iam::444455556666:role/FalconReader",
        "intermediate_role_arn": "arn:aws:iam::999988887777:role/CrowdStrikeCSPMConnector",
        "external_id": EXTERNAL_ID,
        "status": "Event_DiscoverAccountStatusProvisioned",
        "cloudformation_url": format!("https://console.example/?param_ExternalID={EXTERNAL_ID}"),
        "behavior_assessment_enabled": true,
    })
}

fn newer_record() -> Value {
    json!({
        "account_id": ACCOUNT,
        "products": [{"product": "cspm", "features": ["iom", "ioa"]}],
        "registration_status": "registered",
        "resource_metadata": {
            "iam_role_arn": "arn:aws:iam::444455556666:role/FalconReader",
            "intermediate_role_arn": "arn:aws:iam::999988887777:role/CrowdStrikeCSPMConnector",
            "external_id": EXTERNAL_ID,
        },
        "status": [{"product": "cspm", "features": []}],
    })
}

fn of(record: &Value) -> Value {
    json!({"meta": {}, "errors": [], "resources": [record]})
}

fn refusal(code: u16, message: &str) -> Value {
    json!({"errors": [{"code": code, "message": message}], "resources": null})
}

fn each() -> [(RegistrationApi, &'static str, Value); 2] {
    [(RegistrationApi::CloudSecurity, NEWER, newer_record()), (RegistrationApi::Cspm, OLDER, older_record())]
}

fn handed_on(registration: &Registration) -> [Option<&str>; 3] {
    let id = registration.external_id.as_ref().map(|id| id.expose());
    [registration.role_arn.as_deref(), registration.falcon_role_arn.as_deref(), id]
}

#[tokio::test(start_paused = true)]
async fn a_registered_account_has_its_roles_and_its_external_id() {
    for (api, path, record) in each() {
        let (line, seen) = playing(vec![(Method::POST, 201, of(&record))]);
        let registered = line.falcon.register(&wanted(api, &["iom", "ioa"])).await.unwrap();
        let Registered::Now(registration) = registered else { panic!("{registered:?}") };
        let expected = [
            Some("arn:aws:iam::444455556666:role/FalconReader"),
            Some("arn:aws:iam::999988887777:role/CrowdStrikeCSPMConnector"),
            Some(EXTERNAL_ID),
        ];
        assert_eq!(handed_on(&registration), expected, "{api:?}");
        assert!(registration.status.is_some());
        let seen = seen.lock().unwrap();
        assert_eq!((seen.len(), seen[0].1.as_str()), (1, path));
    }
}

#[tokio::test(start_paused = true)]
async fn each_interface_is_asked_in_its_own_words() {
    let common = json!({
        "account_id": ACCOUNT, "account_type": "commercial", "is_master": false, "cloudtrail_region": "us-east-1",
        "use_existing_cloudtrail": true, "organization_id": "o-exampleorgid",
    });
    let newer = json!({"products": [{"product": "cspm", "features": ["iom", "ioa"]}]});
    let older = json!({
        "behavior_assessment_enabled": true, "sensor_management_enabled": false, "dspm_enabled": false,
        "vulnerability_scanning_enabled": false,
    });
    for ((api, _, record), own) in each().into_iter().zip([newer, older]) {
        let (line, seen) = playing(vec![(Method::POST, 201, of(&record))]);
        line.falcon.register(&wanted(api, &["iom", "ioa"])).await.unwrap();
        let mut expected = common.clone();
        expected.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        assert_eq!(seen.lock().unwrap()[0].2, json!({ "resources": [expected] }), "{api:?}");
    }
    let (line, seen) = playing(vec![(Method::POST, 201, of(&newer_record()))]);
    let mut government = wanted(RegistrationApi::CloudSecurity, &["iom"]);
    (government.government, government.organization) = (true, None);
    government.role_arn = Some("arn:aws-us-gov:iam::444455556666:role/FalconReader".to_owned());
    line.falcon.register(&government).await.unwrap();
    let sent = &seen.lock().unwrap()[0].2["resources"][0];
    assert_eq!((&sent["account_type"], &sent["organization_id"]), (&json!("gov"), &Value::Null));
    assert_eq!(sent["iam_role_arn"], "arn:aws-us-gov:iam::444455556666:role/FalconReader");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_is_registered_already_is_a_success_with_its_record() {
    for (api, path, record) in each() {
        for status in [400, 409] {
            let refused = refusal(status, "account already exists");
            let (line, seen) = playing(vec![(Method::POST, status, refused), (Method::GET, 200, of(&record))]);
            let registered = line.falcon.register(&wanted(api, &["iom", "ioa"])).await.unwrap();
            let Registered::Already(registration) = registered else { panic!("{registered:?}") };
            assert_eq!(registration.lacks(&wanted(api, &["iom", "ioa"])), [""; 0]);
            assert_eq!(registration.lacks(&wanted(api, &["iom", "dspm"])), ["cspm/dspm"]);
            assert_eq!(seen.lock().unwrap()[1].1, format!("{path}?ids={ACCOUNT}"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_a_failure_in_falcons_own_words() {
    for (api, path, _) in each() {
        for (status, unknown) in [(404, refusal(404, "not found")), (200, json!({"resources": []}))] {
            let refused = refusal(400, "invalid cloudtrail region");
            let (line, _) = playing(vec![(Method::POST, 400, refused), (Method::GET, status, unknown)]);
            let error = line.falcon.register(&wanted(api, &["iom"])).await.unwrap_err();
            assert!(matches!(error, FalconError::Rejected { status: 400, .. }), "{error}");
            let text = error.to_string();
            assert!(text.contains("invalid cloudtrail region") && text.contains(path), "{text}");
        }
        // An error within a success.
        let (line, _) = playing(vec![
            (Method::POST, 207, refusal(400, "no such organization")),
            (Method::GET, 404, refusal(404, "not found")),
        ]);
        let error = line.falcon.register(&wanted(api, &["iom"])).await.unwrap_err();
        assert!(error.to_string().contains("no such organization"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_scope_is_named() {
    for (api, _, _) in each() {
        let scope = match api {
            RegistrationApi::CloudSecurity => "Cloud security AWS registration",
            RegistrationApi::Cspm => "CSPM registration",
        };
        let denied = refusal(403, "access denied, authorization failed");
        let (line, _) =
            playing([Method::POST, Method::GET, Method::DELETE].map(|method| (method, 403, denied.clone())).into());
        let write = line.falcon.register(&wanted(api, &["iom"])).await.unwrap_err().to_string();
        assert!(write.contains(&format!("\"{scope}: Write\"")), "{write}");
        let read = line.falcon.registration(api, ACCOUNT).await.unwrap_err().to_string();
        assert!(read.contains(&format!("\"{scope}: Read\"")), "{read}");
        assert!(line.falcon.deregister(api, ACCOUNT).await.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_keeps_the_role_that_falcon_knows() {
    for (api, path, record) in each() {
        let (line, seen) = playing(vec![(Method::GET, 200, of(&record)), (Method::PATCH, 200, of(&record))]);
        let standing = line.falcon.registration(api, ACCOUNT).await.unwrap().unwrap();
        line.falcon.update_registration(&standing, &wanted(api, &["iom", "dspm"])).await.unwrap();
        let (method, sent_to, body) = seen.lock().unwrap().pop().unwrap();
        assert_eq!((method, sent_to.as_str()), (Method::PATCH, path));
        assert_eq!(body["resources"][0]["iam_role_arn"], "arn:aws:iam::444455556666:role/FalconReader");
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_that_falcon_does_not_know_is_forgotten() {
    for (api, path, record) in each() {
        for (status, body) in [(200, of(&record)), (404, refusal(404, "not found"))] {
            let (line, seen) = playing(vec![(Method::DELETE, status, body)]);
            assert_eq!(line.falcon.deregister(api, ACCOUNT).await, Ok(()));
            assert_eq!(seen.lock().unwrap()[0].1, format!("{path}?ids={ACCOUNT}"));
        }
        let (line, _) = playing(vec![(Method::DELETE, 400, refusal(400, "in use"))]);
        assert!(line.falcon.deregister(api, ACCOUNT).await.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_of_another_account_is_not_taken() {
    for (api, _, mut record) in each() {
        record["account_id"] = json!("777788889999");
        for body in [of(&record), json!({"resources": []}), of(&json!([ACCOUNT])), of(&json!({}))] {
            let (line, _) = playing(vec![(Method::POST, 201, body)]);
            let error = line.falcon.register(&wanted(api, &["iom"])).await.unwrap_err();
            assert!(matches!(error, FalconError::Malformed { .. }), "{error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_validation_says_whether_falcon_reaches_the_account() {
    let (line, seen) = playing(vec![(Method::POST, 200, json!({"resources": []}))]);
    let role = "arn:aws:iam::444455556666:role/FalconReader";
    assert_eq!(line.falcon.validate_registration(ACCOUNT, Some(role)).await, Ok(()));
    assert_eq!(line.falcon.validate_registration(ACCOUNT, None).await, Ok(()));
    let path = "/cloud-security-registration-aws/entities/account/validate/v1?account-id=444455556666";
    let sent: Vec<String> = seen.lock().unwrap().iter().map(|(_, path, _)| path.clone()).collect();
    let encoded = "arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2FFalconReader";
    assert_eq!(sent, [format!("{path}&iam-role-arn={encoded}"), path.to_owned()]);
    let (line, _) = playing(vec![(Method::POST, 400, refusal(400, "cannot assume the role"))]);
    let error = line.falcon.validate_registration(ACCOUNT, None).await.unwrap_err();
    assert!(error.to_string().contains("cannot assume the role"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_external_id_is_shown_to_nobody() {
    for (api, _, mut record) in each() {
        let (line, _) = playing(vec![(Method::GET, 200, of(&record))]);
        let registration = line.falcon.registration(api, ACCOUNT).await.unwrap().unwrap();
        assert!(!format!("{registration:?}").contains(EXTERNAL_ID), "{registration:?}");
        record["account_id"] = json!("777788889999");
        let (line, _) = playing(vec![(Method::GET, 200, of(&record))]);
        let error = line.falcon.registration(api, ACCOUNT).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains(EXTERNAL_ID), "{error:?}");
    }
    // What AWS would not take for one is none.
    let mut odd = older_record();
    odd["external_id"] = json!("an id\nwith lines");
    let (line, _) = playing(vec![(Method::GET, 200, of(&odd))]);
    let registration = line.falcon.registration(RegistrationApi::Cspm, ACCOUNT).await.unwrap().unwrap();
    assert_eq!(registration.external_id, None);
}
