//! Findings in ASFF, of Security Hub CSPM: what was done stands in UserDefinedFields always, in the Note only if no person's
//! words stand there.

use std::collections::BTreeMap;

use aws_sdk_securityhub::Client;
use aws_sdk_securityhub::operation::get_findings::GetFindingsError;
use aws_sdk_securityhub::types::{
    AwsSecurityFinding, AwsSecurityFindingFilters, AwsSecurityFindingIdentifier, MapFilter, MapFilterComparison,
    NoteUpdate,
};
use falconer_domain::finding::{STATE_FIELD, State};
use falconer_domain::note::{self, Annotation, StandingNote, Told};

use super::annotate::Written;
use super::error::SecurityHubError;
use super::read::equals;
use super::standing::FindingName;
use crate::aws_failure::CallFailure;
use crate::pace::Pace;

/// The note and the fields as they are now.
#[derive(Debug)]
pub(crate) struct Standing {
    note: Option<StandingNote>,
    fields: BTreeMap<String, String>,
}

impl Standing {
    fn of(finding: AwsSecurityFinding) -> Self {
        let note = finding.note.map(|note| StandingNote {
            text: note.text.unwrap_or_default(),
            updated_by: note.updated_by.unwrap_or_default(),
        });
        Self { note, fields: finding.user_defined_fields.unwrap_or_default().into_iter().collect() }
    }

    pub(super) fn told(&self) -> Option<Told> {
        Told::in_fields(&self.fields)
    }
}

pub(super) async fn read(client: &Client, finding: &FindingName) -> Result<Option<Standing>, SecurityHubError> {
    let filters =
        AwsSecurityFindingFilters::builder().id(equals(&finding.id)).product_arn(equals(&finding.product_arn)).build();
    let output = client
        .get_findings()
        .filters(filters)
        .max_results(1)
        .send()
        .await
        .map_err(|error| SecurityHubError::of_call("GetFindings", CallFailure::from(&error)))?;
    Ok(output.findings.unwrap_or_default().into_iter().next().map(Standing::of))
}

pub(super) async fn write(
    client: &Client,
    finding: &FindingName,
    standing: &Standing,
    annotation: &Annotation<'_>,
) -> Result<Written, SecurityHubError> {
    let may_write_note = note::may_write_note(standing.note.as_ref());
    let identifier = AwsSecurityFindingIdentifier::builder().id(&finding.id).product_arn(&finding.product_arn).build();
    let mut update = client
        .batch_update_findings()
        .finding_identifiers(identifier)
        .set_user_defined_fields(Some(annotation.fields(&standing.fields).into_iter().collect()));
    if may_write_note {
        update = update.note(NoteUpdate::builder().text(annotation.note()).updated_by(note::AUTHOR).build());
    }
    let output = update
        .send()
        .await
        .map_err(|error| SecurityHubError::of_call("BatchUpdateFindings", CallFailure::from(&error)))?;
    let Some(refused) = output.unprocessed_findings().first() else {
        return Ok(if may_write_note { Written::InFull } else { Written::InFieldsOnly });
    };
    let code = refused.error_code().unwrap_or("unknown error");
    let reason = format!("{code}: {}", refused.error_message().unwrap_or("Security Hub gives no reason"));
    // Another request writes the same finding at this moment: later it goes through.
    if code == "ConcurrentUpdateError" {
        return Err(SecurityHubError::Unavailable { call: "BatchUpdateFindings", reason });
    }
    Err(finding.not_annotated(&reason))
}

/// The first findings, at most so many, whose fields say that something is in force and of which `is_wanted`. None if
/// Security Hub CSPM is not on: blocks may be made by hand alone, or by findings of the new Security Hub.
pub(super) async fn holding_blocks(
    client: &Client,
    pace: &mut Pace,
    most: usize,
    is_wanted: impl Fn(&Told) -> bool,
) -> Result<Vec<FindingName>, SecurityHubError> {
    let in_state = |state: State| {
        let equals = MapFilter::builder().comparison(MapFilterComparison::Equals);
        equals.key(STATE_FIELD).value(state.token()).build()
    };
    let states = State::holding_blocks().map(in_state).collect();
    let filters = AwsSecurityFindingFilters::builder().set_user_defined_fields(Some(states)).build();
    let mut pages = client.get_findings().filters(filters).into_paginator().page_size(100).send();
    let mut found = Vec::new();
    while found.len() < most {
        pace.keep().await;
        let Some(page) = pages.next().await else { break };
        let page = match page {
            Ok(page) => page,
            Err(error) if error.as_service_error().is_some_and(GetFindingsError::is_invalid_access_exception) => {
                return Ok(Vec::new());
            }
            Err(error) => return Err(SecurityHubError::of_call("GetFindings", CallFailure::from(&error))),
        };
        found.extend(page.findings.unwrap_or_default().into_iter().filter_map(|finding| {
            let name =
                FindingName { id: finding.id.clone()?, product_arn: finding.product_arn.clone()?, metadata_uid: None };
            Standing::of(finding).told().filter(&is_wanted).map(|_| name)
        }));
    }
    found.truncate(most);
    Ok(found)
}
