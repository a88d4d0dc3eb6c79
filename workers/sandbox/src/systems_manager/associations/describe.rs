//! DescribeAssociation, and how an association looks on the wire.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeAssociation.html>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Association;
use super::settings::{constrain_document, is_number};
use crate::constraints::Constraints;
use crate::systems_manager::{State, SystemsManager, instance_id, place};
use crate::wire::{Answer, Call, ServiceError, seconds};

const ID: &str = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";
const LATEST: &str = "$LATEST";

/// Which association, in which version.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Named {
    pub(super) association_id: Option<String>,
    association_version: Option<String>,
}

/// How an association that was made with an instance's id is named.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfInstance {
    name: Option<String>,
    instance_id: Option<String>,
}

impl Named {
    /// The constraints of the model.
    pub(super) fn constrain(&self, constraints: &mut Constraints) {
        let is_id = |id: &str| id.len() == 36 && uuid::Uuid::try_parse(id).is_ok();
        let version = self.association_version.as_deref();
        constraints.form("associationId", self.association_id.as_deref(), ID, is_id).form(
            "associationVersion",
            version,
            "([$]LATEST)|([1-9][0-9]*)",
            |version| version == LATEST || is_number(version),
        );
    }

    /// Whether the version is the latest one, which alone is kept.
    ///
    /// # Errors
    /// `InvalidAssociationVersion`.
    pub(super) fn check_version(&self, latest: u32) -> Result<(), ServiceError> {
        match self.association_version.as_deref() {
            Some(version) if version != LATEST && version != latest.to_string() => {
                let message = format!("The sandbox has the latest version of the association only, which is {latest}.");
                Err(ServiceError::new("InvalidAssociationVersion", message))
            }
            _ => Ok(()),
        }
    }
}

impl SystemsManager {
    /// An association that was made with targets is described by its id only, and there are no others.
    pub(in crate::systems_manager) fn describe_association(&self, state: &mut State, call: &Call) -> Answer {
        let named: Named = call.input()?;
        let of_instance: OfInstance = call.input()?;
        let mut constraints = Constraints::default();
        named.constrain(&mut constraints);
        constrain_document(&mut constraints, of_instance.name.as_deref());
        instance_id::check(&mut constraints, "instanceId", of_instance.instance_id.as_deref());
        constraints.finish()?;
        let id = named.association_id.as_deref().unwrap_or_default();
        let found = state.associations.find(&place(&call.caller), id)?;
        named.check_version(found.version)?;
        Ok(json!({ "AssociationDescription": found.describe() }))
    }
}

impl Association {
    /// The `AssociationDescription` of the model. As nothing runs, it is what AWS shows before anything has.
    pub(super) fn describe(&self) -> Value {
        let mut described = json!(self.settings);
        described["AssociationId"] = self.id.as_str().into();
        described["AssociationVersion"] = self.version.to_string().into();
        described["Date"] = seconds(self.created);
        described["LastUpdateAssociationDate"] = seconds(self.updated);
        described["Overview"] = json!({ "Status": "Pending", "DetailedStatus": "Creating" });
        without(described, |_, value| value.is_null())
    }

    /// The `Association` of the model, which has fewer members.
    pub(super) fn summarize(&self) -> Value {
        const MEMBERS: [&str; 9] = [
            "Name",
            "AssociationId",
            "AssociationVersion",
            "DocumentVersion",
            "Targets",
            "Overview",
            "ScheduleExpression",
            "ScheduleOffset",
            "AssociationName",
        ];
        without(self.describe(), |member, _| !MEMBERS.contains(&member))
    }
}

fn without(mut described: Value, dropped: impl Fn(&str, &Value) -> bool) -> Value {
    if let Some(members) = described.as_object_mut() {
        members.retain(|member, value| !dropped(member, value));
    }
    described
}

#[cfg(test)]
mod tests {
    use super::super::Associations;
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn whoever_debugs_the_sandbox_sees_nothing_of_an_associations_parameters() {
        let settings =
            serde_json::from_value(json!({ "Name": "d", "Parameters": { "FalconCloud": ["hush"] } })).unwrap();
        let (created, updated) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        let association = Association { id: "a-1".to_owned(), version: 1, created, updated, settings };
        assert!(association.describe().to_string().contains("hush"), "as AWS shows it");
        let shown = format!("{:?}", Associations([(Default::default(), vec![association])].into()));
        assert!(shown.contains("a-1") && !shown.contains("hush"), "{shown}");
    }
}
