//! The instances of a place with their verdicts, page by page: an account may have more of them than fit into memory.

use std::collections::{BTreeSet, HashMap};

use falconer_domain::fleet::{Answer, Facts, Instance, InstanceId, InstanceState, Managed, Source, Verdict, judge};

use super::batches::batches;
use super::error::ConfigError;
use super::sensors::Known;
use super::silence::{Silence, heard};
use super::{Fleet, managed, recorded};
use crate::accounts::Clients;
use crate::pace::Pace;

/// An instance with its verdict and what else people want to see of it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// As Config records it.
    pub instance: Instance,
    /// What the other sources said of it.
    pub facts: Facts,
    /// The verdict.
    pub verdict: Verdict,
}

/// A look at one place that goes on page by page.
#[derive(Debug)]
pub struct Survey<'a> {
    fleet: &'a Fleet,
    clients: &'a Clients,
    managed: Answer<HashMap<InstanceId, Managed>>,
    installed: Answer<HashMap<InstanceId, String>>,
    /// Batches of ids that are still to be asked for; `None` for all instances.
    ids: Vec<Option<Vec<InstanceId>>>,
    next: Option<String>,
    pace: Pace,
    silence: Vec<Silence>,
}

impl<'a> Survey<'a> {
    /// What a look at a place must be allowed there.
    pub(crate) const ACTIONS: &'static [&'static str] =
        &["config:SelectResourceConfig", "ssm:DescribeInstanceInformation", "ssm:GetInventory"];

    pub(super) async fn begin(fleet: &'a Fleet, clients: &'a Clients, ids: Option<&BTreeSet<InstanceId>>) -> Self {
        let mut silence = Vec::new();
        let (managed, installed) = tokio::join!(managed::managed(clients, ids), managed::installed(clients, ids));
        let managed = heard(managed, &mut silence);
        let installed = heard(installed, &mut silence);
        let ids = batches(ids, recorded::IDS, InstanceId::clone);
        Self { fleet, clients, managed, installed, ids, next: None, pace: Pace::of_pages(), silence }
    }

    /// The next instances with their verdicts, at most a hundred; `None` after the last. What is terminated is left out.
    ///
    /// # Errors
    /// Config did not answer: without it nobody knows which instances there are.
    pub async fn next(&mut self) -> Result<Option<Vec<Judged>>, ConfigError> {
        let Some(ids) = self.ids.last() else { return Ok(None) };
        self.pace.keep().await;
        let page = recorded::page(self.clients, ids.as_deref(), self.next.take()).await?;
        self.next = page.next;
        if self.next.is_none() {
            self.ids.pop();
        }
        let mut instances = page.instances;
        instances.retain(|instance| instance.state != InstanceState::Terminated);
        let mut sensors = self.sensors(&instances).await;
        let now = self.fleet.clock.now();
        let judged = instances.into_iter().map(|instance| {
            let facts = Facts {
                managed: of(&self.managed, &instance.id),
                installed: of(&self.installed, &instance.id),
                sensors: match &mut sensors {
                    Answer::Given(sensors) => sensors.of(&instance.id),
                    Answer::Missing => Answer::Missing,
                },
            };
            let verdict = judge(&instance, &facts, &self.fleet.rules, now);
            Judged { instance, facts, verdict }
        });
        Ok(Some(judged.collect()))
    }

    /// The sources that did not answer, each once.
    #[must_use]
    pub fn silence(&self) -> &[Silence] {
        &self.silence
    }

    /// What keeps these instances from a verdict: what came of asking the source that one of them is unknown for.
    pub(crate) fn unanswered<'v>(&self, mut verdicts: impl Iterator<Item = &'v Verdict>) -> Option<Silence> {
        let area = verdicts.find_map(|verdict| match verdict {
            Verdict::Unknown { source: Source::SystemsManager } => Some("Ssm."),
            Verdict::Unknown { source: Source::Falcon } => Some("Falcon."),
            _ => None,
        })?;
        self.silence.iter().find(|silence| silence.error.starts_with(area)).cloned()
    }

    async fn sensors(&mut self, instances: &[Instance]) -> Answer<Known> {
        let running = instances.iter().filter(|instance| instance.state == InstanceState::Running);
        let running: Vec<&Instance> = running.collect();
        let (account, sensors) = (self.clients.place.account, &self.fleet.sensors);
        let known = sensors.of_instances(account, &running, &mut self.silence).await;
        heard(known, &mut self.silence)
    }
}

/// What a source said of one instance, if it said anything.
fn of<T: Clone>(said: &Answer<HashMap<InstanceId, T>>, instance: &InstanceId) -> Answer<Option<T>> {
    match said {
        Answer::Given(all) => Answer::Given(all.get(instance).cloned()),
        Answer::Missing => Answer::Missing,
    }
}
