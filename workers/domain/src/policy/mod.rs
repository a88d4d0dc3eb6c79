//! Which findings act by themselves, which wait for a person, and what blocks are like if nobody says.
//!
//! A finding is a claim, and a forged one costs its author nothing. So an imported finding acts only if everything speaks
//! for it: its product is trusted, its type is one in which the remote side is the attacker's, it is severe and certain
//! enough, and nobody has tagged its resources against it. Whatever does not meet this waits, and is never thrown away.
//! What a person chose acts: the person has decided, and the guard still stands behind.

mod config;
mod decision;
mod defaults;
mod pattern;
mod switch;

use config::{Reader, Ttls};
use pattern::{ArnPattern, TypePattern};

use crate::block::Mode;
use crate::extract::readable;
use crate::finding::{FindingSummary, Severity, Tag};
use crate::request::Origin;

pub use config::{PolicyConfig, PolicyConfigProblem, TrustedProduct, TtlBySeverity};
pub use decision::{Decision, Ignored, Terms, WaitReason, Waiting};
pub use switch::{Pause, Switch};

/// The rules, ready to be asked.
#[derive(Clone, Debug)]
pub struct Policy {
    products: Vec<Product>,
    types: Vec<TypePattern>,
    refused_types: Vec<TypePattern>,
    min_severity: Severity,
    min_confidence: u8,
    forbidding_tags: Vec<Tag>,
    required_tags: Vec<Tag>,
    mode: Mode,
    ttls: Ttls,
}

#[derive(Clone, Debug)]
struct Product {
    arn: ArnPattern,
    mode: Option<Mode>,
    min_severity: Option<Severity>,
}

impl Policy {
    /// A policy that keeps to this configuration.
    ///
    /// # Errors
    /// Every problem of the configuration at once, each with the key that has it.
    pub fn new(config: PolicyConfig) -> Result<Self, Vec<PolicyConfigProblem>> {
        let mut reader = Reader::default();
        let arns = reader.arns(&config.products);
        let types = reader.types("types", &config.types);
        let refused_types = reader.types("refused_types", &config.refused_types);
        reader.confidence(config.min_confidence);
        let forbidding_tags = reader.tags("forbidding_tags", &config.forbidding_tags);
        let required_tags = reader.tags("required_tags", &config.required_tags);
        let ttls = reader.ttls(&config.ttl);
        let (Some(ttls), true) = (ttls, reader.problems.is_empty()) else {
            return Err(reader.problems);
        };
        let product = |(arn, trusted): (ArnPattern, TrustedProduct)| {
            let TrustedProduct { mode, min_severity, .. } = trusted;
            Product { arn, mode, min_severity }
        };
        Ok(Self {
            products: arns.into_iter().zip(config.products).map(product).collect(),
            types,
            refused_types,
            min_severity: config.min_severity,
            min_confidence: config.min_confidence,
            forbidding_tags,
            required_tags,
            mode: config.mode,
            ttls,
        })
    }

    /// What is to be done with a finding of a request that was started in this way. The switch stops what nobody asked for,
    /// and never a person.
    pub fn decide(&self, finding: &FindingSummary, origin: &Origin, switch: &Switch) -> Decision {
        let product = self.product(finding);
        let mode = product.and_then(|product| product.mode).unwrap_or(self.mode);
        let terms = Terms { ttl: self.ttls.of(finding.severity), mode };
        if !origin.requester().is_automatic() {
            return Decision::Act(terms);
        }
        if let Some(ignored) = ignored(finding) {
            return Decision::Ignore(ignored);
        }
        match self.objection(finding, product).or_else(|| objection_to_acting(switch)) {
            Some(waiting) => Decision::Wait(waiting),
            None => Decision::Act(terms),
        }
    }

    /// What blocks are like that no finding asks for.
    pub fn terms_without_finding(&self) -> Terms {
        Terms { ttl: self.ttls.of(None), mode: self.mode }
    }

    fn product(&self, finding: &FindingSummary) -> Option<&Product> {
        self.products.iter().find(|product| product.arn.matches(&finding.product_arn))
    }

    /// The first rule that a finding does not meet.
    fn objection(&self, finding: &FindingSummary, product: Option<&Product>) -> Option<Waiting> {
        let least = product.and_then(|product| product.min_severity).unwrap_or(self.min_severity);
        objection_to_state(finding)
            .or_else(|| product.is_none().then(|| untrusted(&finding.product_arn)))
            .or_else(|| self.objection_to_types(&finding.types))
            .or_else(|| objection_to_severity(finding.severity, least))
            .or_else(|| self.objection_to_confidence(finding.confidence))
            .or_else(|| self.objection_to_tags(finding))
    }

    fn objection_to_types(&self, types: &[String]) -> Option<Waiting> {
        let any = |patterns: &[TypePattern], kind: &str| patterns.iter().any(|pattern| pattern.matches(kind));
        if let Some(refused) = types.iter().find(|kind| any(&self.refused_types, kind)) {
            let because = format!("findings of type {} never act by themselves", readable(refused));
            return Some(Waiting::new(WaitReason::RefusedType, &because));
        }
        if self.types.is_empty() || types.iter().any(|kind| any(&self.types, kind)) {
            return None;
        }
        let because = match types.first() {
            Some(first) => format!("findings of type {} may not act by themselves", readable(first)),
            None => "it has no type".to_owned(),
        };
        Some(Waiting::new(WaitReason::Type, &because))
    }

    fn objection_to_confidence(&self, confidence: Option<u8>) -> Option<Waiting> {
        let low = confidence.filter(|confidence| *confidence < self.min_confidence)?;
        let because = format!("its confidence is {low}, below {}", self.min_confidence);
        Some(Waiting::new(WaitReason::Confidence, &because))
    }

    fn objection_to_tags(&self, finding: &FindingSummary) -> Option<Waiting> {
        let tags = &finding.resource_tags;
        if let Some(tag) = self.forbidding_tags.iter().find(|tag| tags.bear(tag)) {
            let because = format!("a resource bears the tag {}={}", tag.key, tag.value);
            return Some(Waiting::new(WaitReason::ForbiddenTag, &because));
        }
        if !self.required_tags.is_empty() && !self.required_tags.iter().any(|tag| tags.bear(tag)) {
            let because = "none of its resources bears a tag that automatic acts need";
            return Some(Waiting::new(WaitReason::RequiredTag, because));
        }
        let because = "its resources have more tags than Falconer reads, and one may forbid it";
        (!tags.complete && !self.forbidding_tags.is_empty()).then(|| Waiting::new(WaitReason::TooManyTags, because))
    }
}

fn objection_to_acting(switch: &Switch) -> Option<Waiting> {
    switch.objection().map(|because| Waiting::new(WaitReason::Paused, &because))
}

fn untrusted(product_arn: &str) -> Waiting {
    Waiting::new(WaitReason::Product, &format!("its product {} may not act by itself", readable(product_arn)))
}

fn objection_to_severity(severity: Option<Severity>, least: Severity) -> Option<Waiting> {
    let because = match severity {
        Some(severity) if severity >= least => return None,
        Some(severity) => format!("its severity is {}, below {}", severity.label(), least.label()),
        None => "it has no severity".to_owned(),
    };
    Some(Waiting::new(WaitReason::Severity, &because))
}

fn ignored(finding: &FindingSummary) -> Option<Ignored> {
    if finding.dealt_with {
        return Some(Ignored::DealtWith);
    }
    if finding.record_state.as_deref() == Some("ARCHIVED") {
        return Some(Ignored::Archived);
    }
    match finding.workflow_status.as_deref() {
        Some("SUPPRESSED") => Some(Ignored::Suppressed),
        Some("RESOLVED") => Some(Ignored::Resolved),
        _ => None,
    }
}

/// What is neither known to be over nor known to be new: not ignored, since somebody should look at it.
fn objection_to_state(finding: &FindingSummary) -> Option<Waiting> {
    let because = "Security Hub does not say that it is active and new";
    (!finding.is_open()).then(|| Waiting::new(WaitReason::State, because))
}
