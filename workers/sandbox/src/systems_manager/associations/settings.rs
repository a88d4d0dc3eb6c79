//! What an association shall do: the members that CreateAssociation and UpdateAssociation have in common.

use serde::{Deserialize, Serialize};

use super::{schedule, targets};
use crate::constraints::Constraints;
use crate::systems_manager::automation::{Texts, document};
use crate::systems_manager::{Place, SystemsManager, invalid, rates};
use crate::wire::ServiceError;
use targets::Target;

pub(super) const SERVED: [&str; 13] = [
    "Name",
    "AssociationName",
    "DocumentVersion",
    "Parameters",
    "Targets",
    "AutomationTargetParameterName",
    "ScheduleExpression",
    "ApplyOnlyAtCronInterval",
    "ScheduleOffset",
    "MaxConcurrency",
    "MaxErrors",
    "ComplianceSeverity",
    "SyncCompliance",
];
/// Parameters of an association with an Automation document, <https://github.com/awsdocs/aws-systems-manager-user-guide/issues/189>.
const MAX_PARAMETERS: usize = 200;

/// The members as they were given. No `Debug`: the model calls the parameters sensitive.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Settings {
    /// The document's.
    pub(super) name: Option<String>,
    pub(super) association_name: Option<String>,
    #[serde(default = "default_version")]
    pub(super) document_version: String,
    #[serde(default)]
    pub(super) parameters: Texts,
    pub(super) targets: Option<Vec<Target>>,
    pub(super) automation_target_parameter_name: Option<String>,
    pub(super) schedule_expression: Option<String>,
    #[serde(default)]
    pub(super) apply_only_at_cron_interval: bool,
    pub(super) schedule_offset: Option<i64>,
    pub(super) max_concurrency: Option<String>,
    pub(super) max_errors: Option<String>,
    pub(super) compliance_severity: Option<String>,
    pub(super) sync_compliance: Option<String>,
}

fn default_version() -> String {
    "$DEFAULT".to_owned()
}

impl Settings {
    /// The constraints of the model.
    pub(super) fn constrain(&self, constraints: &mut Constraints) {
        let version = Some(self.document_version.as_str());
        constrain_document(constraints, self.name.as_deref());
        constraints
            .form("associationName", self.association_name.as_deref(), r"^[a-zA-Z0-9_\-.]{3,128}$", |name| {
                is_named(name, "_-.")
            })
            .form("documentVersion", version, "([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)", |version| {
                ["$LATEST", "$DEFAULT"].contains(&version) || is_number(version)
            })
            .length("automationTargetParameterName", self.automation_target_parameter_name.as_deref(), 1, 50)
            .length("scheduleExpression", self.schedule_expression.as_deref(), 1, 256)
            .range("scheduleOffset", self.schedule_offset, 1, 6)
            .one_of(
                "complianceSeverity",
                self.compliance_severity.as_deref(),
                &["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNSPECIFIED"],
            )
            .one_of("syncCompliance", self.sync_compliance.as_deref(), &["AUTO", "MANUAL"]);
        rates::check(constraints, self.max_concurrency.as_deref(), self.max_errors.as_deref());
        targets::constrain(constraints, self.targets.as_deref());
    }

    fn check_document(&self) -> Result<(), ServiceError> {
        if self.name.as_deref() != Some(document::NAME) {
            // A document that is shared with the account goes by its ARN; this one is published to everybody, and goes by its name.
            let message = format!("The sandbox has the Automation document {} only.", document::NAME);
            return Err(ServiceError::new("InvalidDocument", message));
        }
        if !document::has_version(&self.document_version) {
            return Err(ServiceError::new("InvalidDocumentVersion", "The document has the version 4 only."));
        }
        Ok(())
    }

    /// The user guide's page of associations with Automation documents demands the role. That a target without its parameter is
    /// refused, and the parameter without a target, is quoted in <https://github.com/hashicorp/terraform/issues/22935>, and that
    /// a missing parameter is complained of first in <https://github.com/hashicorp/terraform-provider-aws/issues/35908>.
    fn check_parameters(&self) -> Result<(), ServiceError> {
        let refused = |message: String| ServiceError::new("InvalidParameters", message);
        let given = &self.parameters;
        if given.is_empty() || given.len() > MAX_PARAMETERS {
            return Err(invalid(format!(
                "Automation Association Parameters must have length greater than 0 and less than or equal to {MAX_PARAMETERS}"
            )));
        }
        document::check(given).map_err(refused)?;
        if given.get(document::ASSUME_ROLE).is_none_or(|role| role.iter().all(String::is_empty)) {
            return Err(refused(document::missing(document::ASSUME_ROLE)));
        }
        let targeted = self.automation_target_parameter_name.as_deref();
        if let Some(odd) = targeted.filter(|name| *name != document::INSTANCES) {
            let message =
                format!("Parameter \"{odd}\" of {} cannot be targeted, {} can.", document::NAME, document::INSTANCES);
            return Err(refused(message));
        }
        if targeted.is_none() && !given.contains_key(document::INSTANCES) {
            return Err(refused(document::missing(document::INSTANCES)));
        }
        if targeted.is_some() != self.targets.as_ref().is_some_and(|targets| !targets.is_empty()) {
            return Err(invalid("Must specify both Automation Target Parameter Name and Targets"));
        }
        Ok(())
    }
}

impl SystemsManager {
    /// What the model does not say of an association in this place.
    ///
    /// # Errors
    /// `InvalidDocument`, `InvalidDocumentVersion`, `InvalidParameters`, `InvalidTarget`, `InvalidSchedule`.
    pub(super) fn check_settings(&self, place: &Place, settings: &Settings) -> Result<(), ServiceError> {
        settings.check_document()?;
        settings.check_parameters()?;
        targets::check(settings.targets.as_deref().unwrap_or_default(), |id| {
            self.fleet.get(&place.0, &place.1, id).is_some()
        })?;
        schedule::check(
            settings.schedule_expression.as_deref(),
            settings.apply_only_at_cron_interval,
            settings.schedule_offset.is_some(),
        )
    }
}

/// The form of a document's name or ARN.
pub(super) fn constrain_document(constraints: &mut Constraints, name: Option<&str>) {
    constraints.form("name", name, r"^[a-zA-Z0-9_\-.:/]{3,128}$", |name| is_named(name, "_-.:/"));
}

/// The form of a version's number.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_named(name: &str, symbols: &str) -> bool {
    let fits = |character: char| character.is_ascii_alphanumeric() || symbols.contains(character);
    (3..=128).contains(&name.len()) && name.chars().all(fits)
}
