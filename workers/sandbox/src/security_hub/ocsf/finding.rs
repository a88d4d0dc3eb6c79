//! A finding in OCSF as Security Hub holds it.

use serde_json::{Map, Value};

use crate::organization::Organization;

/// `severity_id` and `severity`: <https://schema.ocsf.io/1.5.0/classes/detection_finding>.
pub(super) const SEVERITIES: [(i64, &str); 8] = [
    (0, "Unknown"),
    (1, "Informational"),
    (2, "Low"),
    (3, "Medium"),
    (4, "High"),
    (5, "Critical"),
    (6, "Fatal"),
    (99, "Other"),
];
/// `status_id` and `status`, of the same page.
pub(super) const STATUSES: [(i64, &str); 8] = [
    (0, "Unknown"),
    (1, "New"),
    (2, "In Progress"),
    (3, "Suppressed"),
    (4, "Resolved"),
    (5, "Archived"),
    (6, "Deleted"),
    (99, "Other"),
];

/// Where the texts stand that name a finding and its account.
const UID: &str = "/metadata/uid";
const PRODUCT: &str = "/metadata/product/uid";
const ID: &str = "/finding_info/uid";
const ACCOUNT: &str = "/cloud/account/uid";

/// A finding, and which of its attributes the customer has taken over from the provider.
#[derive(Clone, Debug)]
pub(in super::super) struct OcsfRecord {
    pub(super) uid: String,
    pub(super) finding: Value,
    account: String,
    region: String,
    customers: Map<String, Value>,
}

impl OcsfRecord {
    /// Checks a finding: what names it, its account, and the two numbers that customers may change.
    pub(super) fn read(finding: Value, organization: &Organization) -> Result<Self, String> {
        for place in [UID, PRODUCT, ID, ACCOUNT] {
            if text(&finding, place).is_empty() {
                return Err(format!("{} must be a text that is not empty", place[1..].replace('/', ".")));
            }
        }
        for (name, known) in [("severity_id", &SEVERITIES), ("status_id", &STATUSES)] {
            let number = finding[name].as_i64();
            if !known.iter().any(|(known, _)| number == Some(*known)) {
                return Err(format!("{name} must be one of {}", known.map(|(id, _)| id.to_string()).join(", ")));
            }
        }
        let (uid, account) = (text(&finding, UID).to_owned(), text(&finding, ACCOUNT).to_owned());
        if !organization.holds(&account) {
            return Err(format!("account {account} is not of the organization"));
        }
        let region = organization.region.clone();
        Ok(Self { uid, finding, account, region, customers: Map::new() })
    }

    /// The account and the region that it is of.
    pub(super) fn place(&self) -> (&str, &str) {
        (&self.account, &self.region)
    }

    /// Whether it is the finding of this account, product and id of the provider's.
    pub(super) fn is(&self, account: &str, product: &str, id: &str) -> bool {
        self.account == account && text(&self.finding, PRODUCT) == product && text(&self.finding, ID) == id
    }

    /// Writes what a customer says of it.
    pub(super) fn change(&mut self, changes: &Map<String, Value>) {
        self.customers.extend(changes.clone());
        if let Some(members) = self.finding.as_object_mut() {
            members.extend(changes.clone());
        }
    }

    pub(super) fn keep_customers_part(&mut self, known: &Self) {
        self.change(&known.customers);
    }
}

fn text<'a>(finding: &'a Value, place: &str) -> &'a str {
    finding.pointer(place).and_then(Value::as_str).unwrap_or_default()
}
