//! Activities: the names that workers poll.

use serde::Deserialize;
use serde_json::{Value, json};

use super::tags::Tag;
use super::{check_name, is_of, paged};
use crate::constraints::required;
use crate::states::StepFunctions;
use crate::states::arn::Arn;
use crate::states::store::Activity;
use crate::wire::{Answer, Call, ServiceError, seconds};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    name: Option<String>,
    tags: Option<Vec<Tag>>,
    encryption_configuration: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    activity_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    max_results: Option<i64>,
    next_token: Option<String>,
}

impl StepFunctions {
    /// Idempotent by name: a second call changes nothing, not even tags.
    pub(in crate::states) fn create_activity(&self, call: &Call) -> Answer {
        let input: Create = call.input()?;
        let name = required("name", input.name)?;
        check_name(&name)?;
        super::refuse("encryptionConfiguration", input.encryption_configuration.is_some())?;
        let arn = self.arn(&call.caller, "activity", &name);
        let text = arn.to_string();
        let mut store = self.store();
        if !store.activities.contains_key(&text) {
            super::tags::put(&mut store, &text, input.tags.unwrap_or_default())?;
            self.tasks.add_activity(&text);
            store.activities.insert(text.clone(), Activity { arn, created: self.clock.now() });
        }
        let created = store.activities.get(&text).map(|activity| seconds(activity.created));
        Ok(json!({ "activityArn": text, "creationDate": created }))
    }

    pub(in crate::states) fn describe_activity(&self, call: &Call) -> Answer {
        let text = required("activityArn", call.input::<Named>()?.activity_arn)?;
        Arn::own(&text, "activity", &call.caller)?;
        self.store().activities.get(&text).map(shown).ok_or_else(|| does_not_exist(&text))
    }

    pub(in crate::states) fn list_activities(&self, call: &Call) -> Answer {
        let input: List = call.input()?;
        let store = self.store();
        let of_caller = store.activities.values().filter(|activity| is_of(&activity.arn, &call.caller));
        paged("activities", of_caller.map(shown), input.max_results, input.next_token.as_deref())
    }

    /// Deleting what is not there succeeds.
    pub(in crate::states) fn delete_activity(&self, call: &Call) -> Answer {
        let text = required("activityArn", call.input::<Named>()?.activity_arn)?;
        Arn::own(&text, "activity", &call.caller)?;
        let mut store = self.store();
        self.tasks.remove_activity(&text);
        store.activities.remove(&text);
        store.tags.remove(&text);
        Ok(json!({}))
    }
}

fn shown(activity: &Activity) -> Value {
    json!({
        "activityArn": activity.arn.to_string(),
        "name": activity.arn.name,
        "creationDate": seconds(activity.created),
    })
}

/// The error for an activity that is not there.
pub(super) fn does_not_exist(arn: &str) -> ServiceError {
    ServiceError::new("ActivityDoesNotExist", format!("Activity Does Not Exist: '{arn}'"))
}
