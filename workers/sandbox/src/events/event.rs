//! An event as it travels: <https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html>.

use jiff::Timestamp;
use serde_json::{Value, json};

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) detail_type: String,
    pub(crate) source: String,
    /// Whose event it is: on a bus of another account the sender's.
    pub(crate) account: String,
    pub(crate) time: Timestamp,
    pub(crate) region: String,
    pub(crate) resources: Vec<String>,
    pub(crate) detail: Value,
}

impl Event {
    /// The envelope with its detail; the time has whole seconds, as AWS writes it.
    pub(crate) fn to_value(&self) -> Value {
        json!({
            "version": "0",
            "id": self.id,
            "detail-type": self.detail_type,
            "source": self.source,
            "account": self.account,
            "time": format!("{:.0}", self.time),
            "region": self.region,
            "resources": self.resources,
            "detail": self.detail,
        })
    }
}
