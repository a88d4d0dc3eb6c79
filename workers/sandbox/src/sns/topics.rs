//! CreateTopic and ListTopics.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>,
//! <https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html>.

use serde::Deserialize;
use serde_json::json;

use super::{Sns, State, invalid, missing, served};
use crate::paging::page;
use crate::wire::{Answer, Call};

/// Characters of a name.
const MAX_NAME: usize = 256;
/// Topics of one answer.
const PAGE: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    name: Option<String>,
    next_token: Option<String>,
}

impl Sns {
    /// A topic that is there already is answered as if it had been made now.
    pub(super) fn create_topic(&self, state: &mut State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        served(call, &["Name"])?;
        let name = input.name.ok_or_else(|| missing("name"))?;
        let symbols = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
        if !(1..=MAX_NAME).contains(&name.len()) || !name.chars().all(symbols) {
            return Err(invalid("Topic Name"));
        }
        let arn = self.organization.arn("sns", &call.caller.region, &call.caller.account, &name);
        state.topics.insert(arn.clone());
        Ok(json!({ "TopicArn": arn }))
    }

    pub(super) fn list_topics(&self, state: &mut State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let own = self.organization.arn("sns", &call.caller.region, &call.caller.account, "");
        let topics = state.topics.iter().filter(|arn| arn.starts_with(&own)).map(|arn| json!({ "TopicArn": arn }));
        let page = page(topics, PAGE, input.next_token.as_deref()).map_err(|_| invalid("NextToken"))?;
        let mut answer = json!({ "Topics": page.items });
        if let Some(next) = page.next {
            answer["NextToken"] = next.into();
        }
        Ok(answer)
    }
}
