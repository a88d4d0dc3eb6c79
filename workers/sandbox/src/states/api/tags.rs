//! Tags of activities and state machines.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::constraints::{Constraints, required};
use crate::states::StepFunctions;
use crate::states::arn::Arn;
use crate::states::store::Store;
use crate::wire::{Answer, Call, ServiceError};

/// The most tags of one resource: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
const MAX_TAGS: usize = 50;

/// A tag.
#[derive(Deserialize)]
pub(super) struct Tag {
    key: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    resource_arn: Option<String>,
    tags: Option<Vec<Tag>>,
    tag_keys: Option<Vec<String>>,
}

impl StepFunctions {
    pub(in crate::states) fn tag_resource(&self, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let tags = required("tags", input.tags)?;
        let (arn, mut store) = self.tagged(call, input.resource_arn)?;
        put(&mut store, &arn, tags)?;
        Ok(json!({}))
    }

    pub(in crate::states) fn untag_resource(&self, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let keys = required("tagKeys", input.tag_keys)?;
        let (arn, mut store) = self.tagged(call, input.resource_arn)?;
        store.tags.entry(arn).or_default().retain(|key, _| !keys.contains(key));
        Ok(json!({}))
    }

    pub(in crate::states) fn list_tags(&self, call: &Call) -> Answer {
        let (arn, store) = self.tagged(call, call.input::<Input>()?.resource_arn)?;
        let tags = store.tags.get(&arn).into_iter().flatten();
        let tags: Vec<Value> = tags.map(|(key, value)| json!({ "key": key, "value": value })).collect();
        Ok(json!({ "tags": tags }))
    }

    fn tagged(
        &self,
        call: &Call,
        arn: Option<String>,
    ) -> Result<(String, std::sync::MutexGuard<'_, Store>), ServiceError> {
        let text = required("resourceArn", arn)?;
        let kind = Arn::parse(&text)?.kind;
        Arn::own(&text, &kind, &call.caller)?;
        let mut store = self.store();
        if !store.activities.contains_key(&text) && store.machine(&text).is_none() {
            let error = ServiceError::new("ResourceNotFound", format!("Resource not found: '{text}'"));
            return Err(error.with_member("resourceName", text));
        }
        Ok((text, store))
    }
}

/// Adds tags, or replaces the values of those that are there.
///
/// # Errors
/// `TooManyTags`, `ValidationException`
pub(super) fn put(store: &mut Store, arn: &str, tags: Vec<Tag>) -> Result<(), ServiceError> {
    let mut all: BTreeMap<String, String> = store.tags.get(arn).cloned().unwrap_or_default();
    for Tag { key, value } in tags {
        Constraints::default()
            .required("key", key.as_ref())
            .length("key", key.as_deref(), 1, 128)
            .length("value", value.as_deref(), 0, 256)
            .finish()?;
        all.insert(key.unwrap_or_default(), value.unwrap_or_default());
    }
    if all.len() > MAX_TAGS {
        let message = format!("The resource '{arn}' would have more than {MAX_TAGS} tags");
        return Err(ServiceError::new("TooManyTags", message).with_member("resourceName", arn));
    }
    store.tags.insert(arn.to_owned(), all);
    Ok(())
}
