//! Which version of the sensor there should be, and what there is to install it from.

use falconer_falcon::{FalconError, Release, Target};
use serde_json::{Value, json};

use crate::wire::{Line, answer};

const LINUX_POLICY: &str = "0000000000000000000000000000d02d";
const POLICIES: &str = "/policy/combined/sensor-update/v2";
const BUILDS: &str = "/policy/combined/sensor-update-builds/v1";

/// A line on which every request to a path is answered with these records.
fn answering(path: &'static str, records: Value) -> Line {
    let body = json!({ "resources": records });
    Line::interfered(move |request| (request.uri().path() == path).then(|| answer(200, &body)))
}

fn text(version: Option<&falconer_falcon::SensorVersion>) -> Option<String> {
    version.map(ToString::to_string)
}

#[tokio::test(start_paused = true)]
async fn a_policy_says_which_version_its_hosts_should_have() {
    let line = Line::open();
    for (updates, expected) in [("n-1", Some("7.19.18110")), ("n", Some("7.20.18203")), ("off", None)] {
        line.control("PUT", "falcon/settings", json!({ "updates": updates })).await;
        let policies = line.falcon.update_policies().await.unwrap();
        let policy = policies.get(LINUX_POLICY).unwrap();
        assert_eq!((policy.name.as_str(), policy.platform.as_str()), ("platform_default", "Linux"));
        for target in [Target::Linux, Target::LinuxArm64] {
            assert_eq!(text(policy.wanted(target)).as_deref(), expected, "{updates}");
        }
        assert_eq!((policy.wanted(Target::Windows), policies.malformed), (None, 0));
        assert!(policies.get("nobody").is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_may_want_another_version_for_each_target_and_none_for_some() {
    let settings = |settings: Value| json!([{"id": "p", "platform_name": "Linux", "settings": settings}]);
    for (written, expected) in [
        (json!(null), [None, None]),
        (json!({"build": "", "sensor_version": "7.1.2"}), [None, None]),
        (json!({"build": "2", "sensor_version": "7.1.2 / LTS", "variants": null}), [Some("7.1.2"), None]),
        (
            json!({"build": "2|n|tagged|1", "sensor_version": "7.1.2", "variants": [
                {"platform": "LinuxArm64", "build": "3", "sensor_version": "7.1.3"},
                {"platform": "Toaster", "build": "4", "sensor_version": "7.1.4"},
            ]}),
            [Some("7.1.2"), Some("7.1.3")],
        ),
        (
            json!({"build": "", "variants": [{"platform": "linuxarm64", "build": "3", "sensor_version": "7.1.3"}]}),
            [None, Some("7.1.3")],
        ),
    ] {
        let policies = answering(POLICIES, settings(written.clone())).falcon.update_policies().await.unwrap();
        let wanted = [Target::Linux, Target::LinuxArm64].map(|target| text(policies.get("p").unwrap().wanted(target)));
        assert_eq!(wanted.each_ref().map(Option::as_deref), expected, "{written}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_cannot_be_read_is_counted_and_does_not_look_like_one_without_updates() {
    let records = json!([
        {"id": "p", "platform_name": "Linux", "settings": {"build": "2", "sensor_version": "soon"}},
        {"id": "q", "platform_name": "Linux", "settings": {"build": 2}},
        {"platform_name": "Linux"},
        "r",
        {"id": "s", "platform_name": "Windows", "settings": {"build": "2", "sensor_version": "7.1.2"}},
    ]);
    let policies = answering(POLICIES, records).falcon.update_policies().await.unwrap();
    assert_eq!((policies.malformed, policies.get("p"), policies.get("q")), (4, None, None));
    assert_eq!(text(policies.get("s").unwrap().wanted(Target::Windows)).as_deref(), Some("7.1.2"));
}

#[tokio::test(start_paused = true)]
async fn policies_beyond_a_page_are_read_too() {
    let line = Line::interfered(|request| {
        let query = request.uri().query().filter(|_| request.uri().path() == POLICIES)?;
        let offset: usize = query.split("offset=").nth(1)?.parse().ok()?;
        let policy = |number: usize| json!({"id": format!("p{number}"), "platform_name": "Mac"});
        let page: Vec<Value> = (offset..1100.min(offset + 500)).map(policy).collect();
        Some(answer(200, json!({"meta": {"pagination": {"offset": offset, "total": 1100}}, "resources": page})))
    });
    let policies = line.falcon.update_policies().await.unwrap();
    assert!(policies.get("p1099").is_some() && policies.get("p1100").is_none());
    assert_eq!(line.count(POLICIES), 3);
}

#[tokio::test(start_paused = true)]
async fn a_release_is_a_version_of_each_target() {
    let builds = Line::open().falcon.update_builds().await.unwrap();
    for (release, expected) in
        [(Release::N, "7.20.18203"), (Release::NMinus1, "7.19.18110"), (Release::NMinus2, "7.18.18003")]
    {
        for target in [Target::Windows, Target::Linux, Target::LinuxArm64, Target::Mac] {
            assert_eq!(text(builds.version(target, release)).as_deref(), Some(expected));
        }
        assert_eq!(builds.version(Target::ZLinux, release), None);
    }
    let records = json!([
        {"build": "4|n|tagged|1", "platform": "Windows", "sensor_version": "7.2.4"},
        {"build": "5|n|tagged|1", "platform": "Windows", "sensor_version": "7.2.5", "stage": "early_adopter"},
        {"build": "3", "platform": "Windows", "sensor_version": "7.2.3", "stage": "prod"},
        {"build": "2|n-1|tagged|1", "platform": "Windows", "sensor_version": "new", "stage": "prod"},
        {"build": 1},
    ]);
    let builds = answering(BUILDS, records).falcon.update_builds().await.unwrap();
    assert_eq!(text(builds.version(Target::Windows, Release::N)).as_deref(), Some("7.2.4"));
    assert_eq!((builds.version(Target::Windows, Release::NMinus1), builds.malformed), (None, 2));
}

#[tokio::test(start_paused = true)]
async fn installers_come_by_platform_with_the_newest_first() {
    let line = Line::install();
    let installers = line.falcon.installers("Linux").await.unwrap();
    assert_eq!((installers.found.len(), installers.malformed), (21, 0));
    let newest = &installers.found[0];
    assert_eq!(newest.version.as_deref(), Some("7.20.18203"));
    assert_eq!((newest.os.as_deref(), newest.os_version.as_deref()), (Some("Amazon Linux"), Some("2")));
    assert_eq!(
        (newest.architectures.as_slice(), newest.sha256.as_ref().unwrap().len()),
        (&["x86_64".to_owned()][..], 64)
    );
    assert_eq!(line.falcon.installers("windows").await.unwrap().found.len(), 3);
    assert_eq!(line.falcon.installers("windows'+version:'7.20.18203").await.unwrap().found.len(), 0);
    assert_eq!(line.count("/sensors/combined/installers/v2"), 2);
}

#[tokio::test(start_paused = true)]
async fn the_customers_id_has_its_checksum() {
    let line = Line::install();
    assert_eq!(line.falcon.ccid().await.unwrap().as_str(), "00000000000000000000000000000C1D-5D");
    for records in [json!([]), json!(["0123"]), json!([7]), json!(null)] {
        let error = answering("/sensors/queries/installers/ccid/v1", records).falcon.ccid().await.unwrap_err();
        assert!(matches!(error, FalconError::Malformed { .. }), "{error}");
    }
    let denied = Line::open().falcon.ccid().await.unwrap_err();
    assert!(denied.to_string().contains("\"Sensor Download: Read\""), "{denied}");
}
