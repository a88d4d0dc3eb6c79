//! What the interfaces answer of an account.

use serde_json::Value;

use super::body::SWITCHES;
use super::{NewRegistration, Product};
use crate::secret::Secret;

/// What Falcon knows of an account. It holds none of Falcon's URLs: they repeat the external id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The account, twelve digits.
    pub account: String,
    /// The account's role that Falcon assumes.
    pub role_arn: Option<String>,
    /// Falcon's own role, which that role must trust.
    pub falcon_role_arn: Option<String>,
    /// What Falcon's role says when it assumes that role.
    pub external_id: Option<ExternalId>,
    /// `Event_DiscoverAccountStatusProvisioned` until Falcon could assume the role, `…Operational` after it.
    pub status: Option<String>,
    /// What Falcon does in the account.
    pub products: Vec<Product>,
}

/// An external id, by which nobody else can have Falcon's role assume the account's
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>). AWS does not treat it as a secret; it goes to the one who
/// makes the account's role and nowhere else, so that its `Debug` shows nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalId(Secret);

impl ExternalId {
    /// An external id, if AWS takes the text for one (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>).
    fn of(text: String) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@:/-_".contains(&byte);
        let is_one = (2..=1224).contains(&text.len()) && text.bytes().all(fits);
        is_one.then(|| Self(Secret::new(text)))
    }

    /// The id itself, for the role that demands it and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl Registration {
    /// Reads a record. The newer interface keeps what AWS needs in `resource_metadata`, the older one beside the account.
    pub(super) fn read(record: &Value) -> Option<Self> {
        let text = |names: &[&str]| {
            let places = names.iter().flat_map(|name| [&record[*name], &record["resource_metadata"][*name]]);
            places.filter_map(Value::as_str).find(|text| !text.is_empty()).map(str::to_owned)
        };
        Some(Self {
            account: text(&["account_id"])?,
            role_arn: text(&["iam_role_arn"]),
            falcon_role_arn: text(&["intermediate_role_arn"]),
            external_id: text(&["external_id"]).and_then(ExternalId::of),
            status: text(&["registration_status", "status"]),
            products: products(record),
        })
    }

    /// What was asked for and Falcon does not do in the account, as `product/feature`.
    #[must_use]
    pub fn lacks(&self, wanted: &NewRegistration) -> Vec<String> {
        let mut lacks = Vec::new();
        for product in &wanted.products {
            let known: Vec<&String> =
                self.products.iter().filter(|one| one.name == product.name).flat_map(|one| &one.features).collect();
            let missing = product.features.iter().filter(|feature| !known.contains(feature));
            lacks.extend(missing.map(|feature| format!("{}/{feature}", product.name)));
        }
        lacks
    }
}

fn products(record: &Value) -> Vec<Product> {
    let Some(listed) = record["products"].as_array() else { return vec![switched_on(record)] };
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let product =
        |one: &Value| Some(Product { name: one["product"].as_str()?.to_owned(), features: texts(&one["features"]) });
    listed.iter().filter_map(product).collect()
}

/// The one product of the older interface.
fn switched_on(record: &Value) -> Product {
    let on = SWITCHES.iter().filter(|(_, switch)| record[*switch] == true).map(|(feature, _)| *feature);
    Product { name: "cspm".to_owned(), features: ["iom"].into_iter().chain(on).map(str::to_owned).collect() }
}
