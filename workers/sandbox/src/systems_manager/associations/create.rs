//! CreateAssociation.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateAssociation.html>.

use serde_json::json;

use super::Association;
use super::settings::{SERVED, Settings};
use crate::constraints::Constraints;
use crate::systems_manager::{State, SystemsManager, place, served};
use crate::wire::{Answer, Call, ServiceError};

/// Associations of an account and region, as the page says of AssociationLimitExceeded.
const MAX_ASSOCIATIONS: usize = 2000;

impl SystemsManager {
    /// AWS says of AssociationAlreadyExists that a document is associated with a managed node already
    /// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateAssociationBatch.html>), and nothing of targets: here
    /// an association is refused that differs from another one in nothing. Names are not unique.
    pub(in crate::systems_manager) fn create_association(&self, state: &mut State, call: &Call) -> Answer {
        let settings: Settings = call.input()?;
        let mut constraints = Constraints::default();
        constraints.required("name", settings.name.as_ref());
        settings.constrain(&mut constraints);
        constraints.finish()?;
        // As quoted in <https://github.com/aws/aws-cli/issues/6878>.
        if call.input.get("InstanceId").is_some_and(|id| !id.is_null()) {
            let message =
                "Document schema version, 0.3, is not supported by association that is created with instance id";
            return Err(ServiceError::new("InvalidDocument", message));
        }
        served(call, &SERVED)?;
        let place = place(&call.caller);
        self.check_settings(&place, &settings)?;
        let own = state.associations.0.entry(place).or_default();
        if own.iter().any(|one| one.settings == settings) {
            return Err(ServiceError::new("AssociationAlreadyExists", "The specified association already exists."));
        }
        if own.len() >= MAX_ASSOCIATIONS {
            let message = format!("You can have at most {MAX_ASSOCIATIONS} active associations.");
            return Err(ServiceError::new("AssociationLimitExceeded", message));
        }
        let now = self.clock.now();
        let created = Association { id: self.identifiers.uuid(), version: 1, created: now, updated: now, settings };
        let described = created.describe();
        own.push(created);
        Ok(json!({ "AssociationDescription": described }))
    }
}
