//! What the interfaces are sent for an account.

use serde_json::{Map, Value, json};

use super::{NewRegistration, RegistrationApi};

impl NewRegistration {
    /// One of the `resources`. What is not asked for is not there: Falcon decides it.
    pub(super) fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("account_id".to_owned(), json!(self.account));
        body.insert("account_type".to_owned(), json!(if self.government { "gov" } else { "commercial" }));
        body.insert("is_master".to_owned(), json!(false));
        body.insert("cloudtrail_region".to_owned(), json!(self.trail_region));
        body.insert("use_existing_cloudtrail".to_owned(), json!(self.uses_existing_trail));
        let texts = [("organization_id", &self.organization), ("iam_role_arn", &self.role_arn)];
        for (name, text) in texts.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?))) {
            body.insert(name.to_owned(), json!(text));
        }
        match self.api {
            RegistrationApi::CloudSecurity => {
                let products = self.products.iter();
                let products: Vec<Value> =
                    products.map(|product| json!({"product": product.name, "features": product.features})).collect();
                body.insert("products".to_owned(), json!(products));
            }
            RegistrationApi::Cspm => {
                for (feature, switch) in SWITCHES {
                    body.insert(switch.to_owned(), json!(self.has("cspm", feature)));
                }
            }
        }
        Value::Object(body)
    }

    fn has(&self, product: &str, feature: &str) -> bool {
        let mut products = self.products.iter().filter(|one| one.name == product);
        products.any(|one| one.features.iter().any(|known| known == feature))
    }
}

/// Features of `cspm` by the switches of the older interface. It finds misconfigurations (`iom`) in any case.
pub(super) const SWITCHES: [(&str, &str); 4] = [
    ("ioa", "behavior_assessment_enabled"),
    ("sensormgmt", "sensor_management_enabled"),
    ("dspm", "dspm_enabled"),
    ("vulnerability_scanning", "vulnerability_scanning_enabled"),
];
