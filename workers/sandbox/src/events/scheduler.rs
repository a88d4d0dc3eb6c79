//! Rules that fire by themselves, on the sandbox's clock.
//!
//! The event: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html>.

use std::future::pending;

use jiff::Timestamp;

use super::rules::Rule;
use super::{Event, EventBridge, RuleKey};

impl EventBridge {
    /// Fires the rules that have a schedule, until it is cancelled.
    pub(crate) async fn keep_schedules(self) {
        loop {
            tokio::select! {
                () = self.until_due() => self.fire_due(),
                () = self.rescheduled.notified() => {}
            }
        }
    }

    async fn until_due(&self) {
        let due = self.with_rules(|rules| rules.values().filter_map(|rule| rule.due).min());
        match due.map(|due| due.duration_since(self.clock.now())) {
            // A time that has passed is no duration: it is due at once.
            Some(left) => tokio::time::sleep(left.try_into().unwrap_or_default()).await,
            None => pending().await,
        }
    }

    /// Fires each rule that is due, once. What a clock that jumps has passed over is still due, and comes next.
    fn fire_due(&self) {
        let now = self.clock.now();
        self.with_rules(|rules| {
            for (key, rule) in rules {
                if let Some(due) = rule.due.filter(|due| *due <= now) {
                    let event = self.scheduled_event(key, rule, due);
                    self.deliver(rule, &event.to_value().to_string());
                    rule.due = rule.schedule.as_ref().and_then(|schedule| schedule.meaning.next(due));
                }
            }
        });
    }

    fn scheduled_event(&self, (bus, _): &RuleKey, rule: &Rule, due: Timestamp) -> Event {
        let event = self.event(&bus.account, &bus.region, "aws.events", "Scheduled Event");
        Event { time: due, resources: vec![rule.arn.clone()], ..event }
    }
}
