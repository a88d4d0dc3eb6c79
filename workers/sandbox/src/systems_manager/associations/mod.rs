//! State Manager: associations of CrowdStrike's Automation document with the instances of an account and region. Nothing runs
//! by them.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/scheduling-automations-state-manager-associations.html>. How
//! CrowdStrike itself associates the document:
//! <https://github.com/CrowdStrike/aws-ssm-distributor/blob/main/official-package/aws-organizations/ssm-association-stackset.yml>.

mod create;
mod describe;
mod list;
mod schedule;
mod settings;
mod targets;
mod update;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use super::Place;
use crate::wire::ServiceError;
use settings::Settings;

/// All associations, oldest first.
#[derive(Debug, Default)]
pub(super) struct Associations(BTreeMap<Place, Vec<Association>>);

/// An association in its latest version. Its parameters may be secret, and are not shown to whoever debugs the sandbox.
struct Association {
    id: String,
    version: u32,
    created: Timestamp,
    updated: Timestamp,
    settings: Settings,
}

impl Associations {
    fn find(&mut self, place: &Place, id: &str) -> Result<&mut Association, ServiceError> {
        let found = self.0.get_mut(place).and_then(|own| own.iter_mut().find(|one| one.id == id));
        found.ok_or_else(|| ServiceError::new("AssociationDoesNotExist", format!("There is no association {id}.")))
    }
}

impl fmt::Debug for Association {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Association");
        shown.field("id", &self.id).field("version", &self.version).finish_non_exhaustive()
    }
}
