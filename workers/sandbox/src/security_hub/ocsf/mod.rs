//! The new Security Hub: findings in OCSF, GetFindingsV2, BatchUpdateFindingsV2, and the event of each finding.
//!
//! It is on wherever Security Hub CSPM is. It has no custom actions, and nothing but Security Hub's own sources writes
//! findings into it: <https://docs.aws.amazon.com/securityhub/latest/userguide/ocsf-findings.html>.

mod fields;
mod filters;
mod finding;
mod search;
mod update;

use serde_json::Value;

use super::{SecurityHub, State};
use crate::wire::{Answer, Call, ServiceError};
pub(super) use finding::OcsfRecord;

type Operation = fn(&SecurityHub, &mut State, &Call) -> Answer;

/// The operation of this name, if it is one on findings in OCSF.
pub(super) fn operation(name: &str) -> Option<Operation> {
    match name {
        "GetFindingsV2" => Some(|hub, state, call| hub.get_ocsf_findings(state, call)),
        "BatchUpdateFindingsV2" => Some(SecurityHub::update_ocsf_findings),
        _ => None,
    }
}

/// These operations know no `InvalidAccessException`.
pub(super) fn not_enabled(error: ServiceError) -> ServiceError {
    ServiceError { code: "AccessDeniedException".to_owned(), ..error }
}

/// `ValidationException`.
fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new("ValidationException", message)
}

impl SecurityHub {
    /// A finding in OCSF comes in, or its provider updates it. What customers wrote on it stays.
    ///
    /// # Errors
    /// What is wrong with the finding, as a sentence.
    pub(super) fn receive_ocsf(&self, finding: Value) -> Result<(), String> {
        let mut record = OcsfRecord::read(finding, &self.organization)?;
        self.locked(|state| {
            if let Some(known) = state.ocsf_findings.get(&record.uid) {
                record.keep_customers_part(known);
            }
            self.emit_imported_v2(&record);
            state.ocsf_findings.insert(record.uid.clone(), record);
        });
        Ok(())
    }

    /// Emits the event of a finding that came in or was updated.
    /// <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-cwe-event-formats.html>
    fn emit_imported_v2(&self, record: &OcsfRecord) {
        self.emit("Findings Imported V2", record.place(), record.uid.clone(), &record.finding);
    }
}
