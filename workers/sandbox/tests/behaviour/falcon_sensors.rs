//! What it takes to install a sensor, and which version it should be.

use serde_json::{Value, json};

use crate::aws::Aws;
use crate::falcon::{get, install_token, worker_token};

const INSTALLERS: &str = "/sensors/combined/installers/v2";
const CCID: &str = "/sensors/queries/installers/ccid/v1";
const SETTINGS: &str = "/installation-tokens/entities/customer-settings/v1";
const TOKEN_IDS: &str = "/installation-tokens/queries/tokens/v1";
const TOKENS: &str = "/installation-tokens/entities/tokens/v1";
const POLICIES: &str = "/policy/combined/sensor-update/v2";
const BUILDS: &str = "/policy/combined/sensor-update-builds/v1";
const HOSTS: &str = "/devices/combined/devices/v1";

async fn records(aws: &Aws, token: &str, path: &str) -> Vec<Value> {
    get(aws, token, path).await.body["resources"].as_array().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn each_api_client_may_do_what_its_scopes_say_and_nothing_else() {
    let aws = Aws::hub();
    let (working, installing) = (worker_token(&aws).await, install_token(&aws).await);
    for path in [HOSTS, POLICIES, BUILDS] {
        assert_eq!(get(&aws, &working, path).await.status, 200, "{path}");
        assert_eq!(get(&aws, &installing, path).await.error(), "403 access denied, authorization failed", "{path}");
    }
    for path in [INSTALLERS, CCID, SETTINGS, TOKEN_IDS, TOKENS] {
        assert_eq!(get(&aws, &installing, path).await.status, 200, "{path}");
        assert_eq!(get(&aws, &working, path).await.error(), "403 access denied, authorization failed", "{path}");
        assert_eq!(get(&aws, "guessed", path).await.status, 401, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn parameters_have_bounds_and_names() {
    let aws = Aws::hub();
    let (working, installing) = (worker_token(&aws).await, install_token(&aws).await);
    for (token, path, good, bad) in [
        (&installing, INSTALLERS, "limit=500", "limit=501"),
        (&installing, INSTALLERS, "sort=version|desc", "sort=version.desc"),
        (&installing, INSTALLERS, "filter=platform:\"linux\"", "filter=platform:linux"),
        (&installing, TOKEN_IDS, "limit=1000", "limit=1001"),
        (&installing, TOKEN_IDS, "filter=status:'valid'", "filter=value:'5A4DB0C5'"),
        (&installing, TOKENS, "ids=x", "id=x"),
        (&working, POLICIES, "limit=5000&offset=0", "offset=-1"),
        (&working, POLICIES, "sort=name.asc", "sort=name|asc"),
        (&working, BUILDS, "platform=linuxarm64", "platform=Linux"),
    ] {
        assert_eq!(get(&aws, token, &format!("{path}?{}", good.replace('"', "%22"))).await.status, 200, "{good}");
        assert_eq!(get(&aws, token, &format!("{path}?{bad}")).await.status, 400, "{bad}");
    }
}

#[tokio::test(start_paused = true)]
async fn installers_are_listed_by_version_and_narrowed_by_filter() {
    let aws = Aws::hub();
    let token = install_token(&aws).await;
    let filter = "filter=os:'Amazon Linux'%2Bos_version:'2023 - arm64'%2Bplatform:'linux'".replace(' ', "%20");
    let found = records(&aws, &token, &format!("{INSTALLERS}?{filter}&sort=version|desc")).await;
    let versions: Vec<&Value> = found.iter().map(|one| &one["version"]).collect();
    assert_eq!(versions, ["7.20.18203", "7.19.18110", "7.18.18003"]);
    assert_eq!(found[0]["architectures"], json!(["arm64"]));
    let oldest = records(&aws, &token, &format!("{INSTALLERS}?{filter}&sort=version|asc&limit=1")).await;
    assert_eq!((oldest.len(), &oldest[0]["version"]), (1, &json!("7.18.18003")));
    let second = records(&aws, &token, &format!("{INSTALLERS}?{filter}&offset=1&limit=1")).await;
    assert_eq!(second[0], found[1]);
}

#[tokio::test(start_paused = true)]
async fn the_valid_installation_token_is_found_by_its_status() {
    let aws = Aws::hub();
    let token = install_token(&aws).await;
    assert_eq!(records(&aws, &token, SETTINGS).await[0]["tokens_required"], json!(false));
    let ids = records(&aws, &token, &format!("{TOKEN_IDS}?filter=status:'valid'")).await;
    assert_eq!((ids.len(), records(&aws, &token, TOKEN_IDS).await.len()), (1, 2));
    let found = records(&aws, &token, &format!("{TOKENS}?ids=nobody&ids={}", ids[0].as_str().unwrap())).await;
    assert_eq!((found.len(), &found[0]["status"], &found[0]["value"]), (1, &json!("valid"), &json!("5A4DB0C5")));
    aws.control("PUT", "falcon/settings", json!({"tokensRequired": true, "installationToken": null})).await.ok();
    assert_eq!(records(&aws, &token, SETTINGS).await[0]["tokens_required"], json!(true));
    assert_eq!(records(&aws, &token, &format!("{TOKEN_IDS}?filter=status:'valid'")).await.len(), 0);
    assert_eq!(aws.control("PUT", "falcon/settings", json!({"tokenRequired": true})).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn policies_name_the_build_that_the_settings_say_or_none() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    let policies = records(&aws, &token, &format!("{POLICIES}?filter=platform_name:'Linux'")).await;
    let settings = &policies[0]["settings"];
    assert_eq!((&settings["build"], &settings["sensor_version"]), (&json!("18110|n-1|tagged|1"), &json!("7.19.18110")));
    assert_eq!(settings["variants"][1]["platform"], "LinuxArm64");
    let builds = records(&aws, &token, &format!("{BUILDS}?platform=linuxarm64")).await;
    assert_eq!((builds.len(), &builds[0]["build"]), (3, &json!("18203|n|tagged|1")));
    aws.control("PUT", "falcon/settings", json!({"updates": "off"})).await.ok();
    assert_eq!(records(&aws, &token, POLICIES).await[0]["settings"]["build"], "");
}
