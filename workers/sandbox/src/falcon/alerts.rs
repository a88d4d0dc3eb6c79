//! Alerts by their composite ids.
//!
//! <https://developer.crowdstrike.com/api-reference/collections/alerts/#postentitiesalertsv2>; what a record holds is shown by
//! <https://github.com/elastic/integrations/blob/main/packages/crowdstrike/data_stream/alert/_dev/test/pipeline/test-alert.log>.

use serde_json::Value;

use super::clients::Scope;
use super::envelope::listed;
use super::ids::ids;
use super::{Falcon, State};
use crate::wire::{Answer, Call};

/// Ids of one request, as <https://pipedream.com/apps/crowdstrike-falcon/actions/get-alert.md> has it of this operation.
const MAX_IDS: usize = 1000;

impl Falcon {
    /// Ids that are not found are left out.
    pub(super) fn alerts(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::AlertsRead)?;
        let ids = ids(call, "composite_ids", MAX_IDS)?;
        Ok(listed(ids.into_iter().filter_map(|id| state.alerts.get(id).cloned()).collect()))
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
