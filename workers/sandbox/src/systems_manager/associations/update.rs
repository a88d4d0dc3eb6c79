//! UpdateAssociation.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdateAssociation.html>.

use serde_json::json;

use super::describe::Named;
use super::settings::{SERVED, Settings};
use crate::constraints::Constraints;
use crate::systems_manager::{State, SystemsManager, place, served};
use crate::wire::{Answer, Call, ServiceError};

/// Versions of an association, as the page says of AssociationVersionLimitExceeded.
const MAX_VERSIONS: u32 = 1000;

impl SystemsManager {
    /// What is not given again is gone: "the system removes all optional parameters from the request". Only the document stays, as
    /// in the examples of <https://docs.aws.amazon.com/cli/latest/reference/ssm/update-association.html>.
    pub(in crate::systems_manager) fn update_association(&self, state: &mut State, call: &Call) -> Answer {
        let (named, mut settings): (Named, Settings) = (call.input()?, call.input()?);
        let mut constraints = Constraints::default();
        constraints.required("associationId", named.association_id.as_ref());
        named.constrain(&mut constraints);
        settings.constrain(&mut constraints);
        constraints.finish()?;
        served(call, &[&SERVED[..], &["AssociationId", "AssociationVersion"]].concat())?;
        let place = place(&call.caller);
        let id = named.association_id.as_deref().unwrap_or_default();
        let found = state.associations.find(&place, id)?;
        named.check_version(found.version)?;
        settings.name = settings.name.or_else(|| found.settings.name.clone());
        self.check_settings(&place, &settings)?;
        if found.version >= MAX_VERSIONS {
            let message = format!("An association has a limit of {MAX_VERSIONS} versions.");
            return Err(ServiceError::new("AssociationVersionLimitExceeded", message));
        }
        (found.version, found.updated, found.settings) = (found.version + 1, self.clock.now(), settings);
        Ok(json!({ "AssociationDescription": found.describe() }))
    }
}
