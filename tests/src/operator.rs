//! What an operator does to the block rule group by hand, for better or worse.

use std::time::Duration;

use aws_sdk_networkfirewall::types::{RuleGroupType, StatefulRuleGroupReference};

use crate::house::{BLOCK_GROUP, House};
use crate::token_protocol::{Try, try_to_rewrite};

/// What the seeded group has; AWS never changes it.
const CAPACITY: i32 = 10_000;
/// The group's place among the others of the policy, as in the seed.
const PRIORITY: i32 = 100;

impl House {
    /// Writes into the block rule group what `change` makes of its rules.
    pub async fn rewrite_rules(&self, change: impl FnOnce(&str) -> String) {
        let tried = try_to_rewrite(&self.firewall(), BLOCK_GROUP, change).await.unwrap();
        assert_eq!(tried, Try::Written);
    }

    /// Takes the block rule group out of the firewall's policy.
    pub async fn take_the_group_out_of_the_policy(&self) {
        self.change_policy(|references| references.retain(|one| !one.resource_arn.ends_with(BLOCK_GROUP))).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
    }

    /// Takes the block rule group back into the firewall's policy.
    pub async fn take_the_group_into_the_policy(&self) {
        let arn = self.rule_group().await.arn().to_owned();
        let reference = StatefulRuleGroupReference::builder().resource_arn(arn).priority(PRIORITY).build().unwrap();
        self.change_policy(|references| references.push(reference)).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
    }

    /// Deletes the block rule group with everything in it. AWS wants it out of every policy first.
    pub async fn delete_the_group(&self) {
        self.take_the_group_out_of_the_policy().await;
        let delete = self.firewall().delete_rule_group().rule_group_name(BLOCK_GROUP);
        delete.r#type(RuleGroupType::Stateful).send().await.unwrap();
    }

    /// Creates the block rule group anew, empty, and uses it in the firewall's policy.
    pub async fn create_the_group_anew(&self) {
        self.create_rule_group(BLOCK_GROUP, CAPACITY).await;
    }
}
