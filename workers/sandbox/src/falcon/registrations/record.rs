//! What Falcon answers of an account.
//!
//! The members of <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/domain_cloud_a_w_s_account_v1.go>, which has the
//! external id and the roles in `resource_metadata`, and of
//! <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/domain_a_w_s_account_v2.go>, which has them at the top.

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Api, Written};
use crate::falcon::CUSTOMER;

/// The account out of which Falcon comes.
const FALCON: &str = "999988887777";

/// <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/rest_cloud_a_w_s_account_create_ext_v1.go>
const CLOUD: [&str; 13] = [
    "account_id",
    "account_type",
    "cloudtrail_region",
    "csp_events",
    "deployment_method",
    "iam_role_arn",
    "is_master",
    "organization_id",
    "products",
    "resource_name_prefix",
    "resource_name_suffix",
    "target_ous",
    "use_existing_cloudtrail",
];

/// <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/registration_a_w_s_account_ext_v2.go>
const CSPM: [&str; 12] = [
    "account_id",
    "account_type",
    "behavior_assessment_enabled",
    "cloudtrail_region",
    "dspm_enabled",
    "iam_role_arn",
    "is_master",
    "organization_id",
    "sensor_management_enabled",
    "target_ous",
    "use_existing_cloudtrail",
    "vulnerability_scanning_enabled",
];

/// # Errors
/// A sentence on what is written of an account, and cannot be.
pub(super) fn check(api: Api, written: &Written) -> Result<(), String> {
    let known: &[&str] = match api {
        Api::Cloud => &CLOUD,
        Api::Cspm => &CSPM,
    };
    if let Some(name) = written.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(format!("The sandbox knows no {name} of an account"));
    }
    match written.get("account_type").map(Value::as_str) {
        None | Some(Some("commercial" | "gov")) => {}
        Some(_) => return Err("account_type must be commercial or gov".to_owned()),
    }
    let products = written.get("products").and_then(Value::as_array);
    let has_features = |product: &Value| product["product"].is_string() && product["features"].is_array();
    if products.is_some_and(|products| !products.iter().all(has_features)) {
        return Err("products must have a product and features".to_owned());
    }
    Ok(())
}

/// The record of an account that is registered now.
pub(super) fn of(api: Api, account: &str, written: &Written, number: usize, now: Timestamp) -> Value {
    let mut record = json!({
        "ID": number,
        "CreatedAt": text(now),
        "DeletedAt": null,
        "cid": CUSTOMER,
        "account_id": account,
        "account_type": "commercial",
        "is_master": false,
        "target_ous": [],
    });
    match api {
        Api::Cloud => {
            record["products"] = json!([{ "product": "cspm", "features": ["iom"] }]);
            record["iam_service_permissions_status"] = json!([]);
            record["inventory_filter"] = json!([]);
        }
        Api::Cspm => {
            record["aws_permissions_status"] = json!([]);
            record["settings"] = json!({});
            record["status"] = "Event_DiscoverAccountStatusProvisioned".into();
            record["valid"] = true.into();
            record["behavior_assessment_enabled"] = false.into();
            record["sensor_management_enabled"] = false.into();
        }
    }
    change(api, &mut record, written, now);
    record
}

/// What comes of a look into an account that is registered through the registration of today,
/// <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/rest_a_w_s_account_validated.go>.
pub(super) fn validated(record: &Value) -> Value {
    json!({
        "account_id": record["account_id"],
        "conditions": [],
        "iam_service_permissions_status": record["iam_service_permissions_status"],
        "status": record["status"],
    })
}

/// Takes over what is written, and what comes out of it.
pub(super) fn change(api: Api, record: &mut Value, written: &Written, now: Timestamp) {
    for (name, value) in written.iter().filter(|(name, _)| *name != "iam_role_arn") {
        record[name] = value.clone();
    }
    record["UpdatedAt"] = text(now).into();
    let account = record["account_id"].as_str().unwrap_or_default().to_owned();
    let partition = if record["account_type"] == "gov" { "aws-us-gov" } else { "aws" };
    let external_id = external_id(api, &account);
    let own = written.get("iam_role_arn").and_then(Value::as_str);
    let known = match api {
        Api::Cloud => &record["resource_metadata"]["iam_role_arn"],
        Api::Cspm => &record["iam_role_arn"],
    };
    let role = own.or(known.as_str()).map_or_else(
        || format!("arn:{partition}:iam::{account}:role/CrowdStrikeCSPMReader-{}", &external_id[..12]),
        str::to_owned,
    );
    record["is_custom_rolename"] = (!role.contains("/CrowdStrikeCSPMReader-")).into();
    let metadata = json!({
        "external_id": external_id,
        "iam_role_arn": role,
        "intermediate_role_arn": format!("arn:{partition}:iam::{FALCON}:role/CrowdStrikeCSPMConnector"),
        "aws_cloudtrail_bucket_name": "cs-horizon-sandbox-cloudtrail",
        "eventbus_name": "cs-horizon-sandbox",
        "aws_eventbus_arn": format!("arn:{partition}:events:us-east-1:{FALCON}:event-bus/cs-horizon-sandbox"),
    });
    match (api, metadata) {
        (Api::Cspm, Value::Object(metadata)) => {
            for (name, value) in metadata {
                record[&name] = value;
            }
        }
        (_, metadata) => {
            record["resource_metadata"] = metadata;
            record["status"] = status(&record["products"]);
        }
    }
}

/// Each feature of each product, which is provisioned as soon as it is registered.
fn status(products: &Value) -> Value {
    let feature = |feature: &Value| json!({ "feature": feature, "status": "provisioned" });
    let product = |product: &Value| {
        let features: Vec<_> = product["features"].as_array().into_iter().flatten().map(feature).collect();
        json!({ "product": product["product"], "features": features })
    };
    products.as_array().into_iter().flatten().map(product).collect()
}

/// Always the same for one account, so that what a test saw once it sees again.
fn external_id(api: Api, account: &str) -> String {
    let digest = Sha256::digest(format!("{CUSTOMER} {} {account}", api.path()));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn text(time: Timestamp) -> String {
    format!("{time:.3}")
}
