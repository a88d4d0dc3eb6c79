//! Alerts by their composite ids.
//!
//! <https://developer.crowdstrike.com/api-reference/collections/alerts/#postentitiesalertsv2>; what a record holds is shown by
//! <https://github.com/elastic/integrations/blob/main/packages/crowdstrike/data_stream/alert/_dev/test/pipeline/test-alert.log>.

use serde_json::Value;

use super::clients::Scope;
use super::envelope::listed;
use super::{Falcon, State, refused};
use crate::wire::{Answer, Call};

/// Ids of one request, as <https://pipedream.com/apps/crowdstrike-falcon/actions/get-alert.md> has it of this operation.
const MAX_IDS: usize = 1000;

impl Falcon {
    /// Ids that are not found are left out.
    pub(super) fn alerts(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::AlertsRead)?;
        let ids = call.input["body"]["composite_ids"].as_array().filter(|ids| !ids.is_empty());
        let ids = ids.ok_or_else(|| refused(400, "composite_ids must be provided"))?;
        if ids.len() > MAX_IDS {
            return Err(refused(400, format!("At most {MAX_IDS} composite_ids can be provided")));
        }
        let ids = ids.iter().map(|id| id.as_str().ok_or_else(|| refused(400, "composite_ids must be strings")));
        let found = ids.filter_map(|id| id.map(|id| state.alerts.get(id).cloned()).transpose());
        found.collect::<Result<Vec<_>, _>>().map(listed)
    }

    /// Takes an alert in, of whatever form: Falcon's own records differ.
    ///
    /// # Errors
    /// A sentence on a record without `composite_id`.
    pub(crate) fn raise(&self, alert: Value) -> Result<(), String> {
        let id = alert["composite_id"].as_str().ok_or("an alert needs a composite_id")?.to_owned();
        self.locked().alerts.insert(id, alert);
        Ok(())
    }
}
