//! Reads one state: the fields that its type has, and no others.

use super::error_handling::{catchers, retriers};
use super::fields::Fields;
use super::model::{
    Amount, Choice, FailPart, FailText, MapWork, Pause, Placement, Resource, Selection, State, Task, Work,
};
use super::{Home, flow, rules};
use crate::states::arn::Arn;
use crate::states::data::expression::Expression;
use crate::states::data::reference::ReferencePath;
use crate::states::data::timestamp;
use crate::states::integrations::Integration;

/// The longest name of a state, in characters.
const MAX_NAME: usize = 80;

/// Reads a state.
pub(super) fn read(name: &str, fields: &Fields<'_>, home: Home<'_>) -> Option<State> {
    if name.is_empty() || name.chars().count() > MAX_NAME {
        fields.wrong_here(&format!("The name of a state must have 1 to {MAX_NAME} characters"));
    }
    fields.query_language();
    let kind = fields.required_text("Type")?;
    let work = work(kind, fields, home);
    let has_result = matches!(kind, "Pass" | "Task" | "Parallel" | "Map");
    let can_fail = matches!(kind, "Task" | "Parallel" | "Map");
    let ends = matches!(kind, "Choice" | "Succeed" | "Fail");
    let state = State {
        name: name.to_owned(),
        input: if kind == "Fail" { Selection::All } else { selection(fields, "InputPath") },
        // A Map state's Parameters are its ItemSelector, under their older name.
        parameters: if has_result && kind != "Map" { fields.template("Parameters") } else { None },
        selector: if can_fail { fields.template("ResultSelector") } else { None },
        result: if has_result { placement(fields) } else { whole() },
        output: if kind == "Fail" { Selection::All } else { selection(fields, "OutputPath") },
        retriers: if can_fail { retriers(fields) } else { Vec::new() },
        catchers: if can_fail { catchers(fields) } else { Vec::new() },
        next: if ends { None } else { transition(fields) },
        work: work?,
    };
    fields.refuse_others();
    Some(state)
}

fn work(kind: &str, fields: &Fields<'_>, home: Home<'_>) -> Option<Work> {
    match kind {
        "Pass" => Some(Work::Pass(fields.any("Result").cloned())),
        "Task" => task(fields, home).map(|task| Work::Task(Box::new(task))),
        "Choice" => choice(fields).map(Work::Choice),
        "Wait" => pause(fields).map(Work::Wait),
        "Parallel" => parallel(fields, home).map(Work::Parallel),
        "Map" => map(fields, home).map(|map| Work::Map(Box::new(map))),
        "Succeed" => Some(Work::Succeed),
        "Fail" => {
            let error = fail_part(fields, "Error", "ErrorPath");
            let cause = fail_part(fields, "Cause", "CausePath");
            Some(Work::Fail(Box::new(FailText { error, cause })))
        }
        _ => {
            fields.wrong("Type", "must be one of Pass, Task, Choice, Wait, Parallel, Map, Succeed, Fail");
            None
        }
    }
}

fn task(fields: &Fields<'_>, home: Home<'_>) -> Option<Task> {
    let timeout = amount(fields, "TimeoutSeconds", "TimeoutSecondsPath", 1);
    let heartbeat = amount(fields, "HeartbeatSeconds", "HeartbeatSecondsPath", 1);
    if let (Some(Amount::Fixed(timeout)), Some(Amount::Fixed(heartbeat))) = (&timeout, &heartbeat)
        && heartbeat >= timeout
    {
        fields.wrong("HeartbeatSeconds", "must be smaller than TimeoutSeconds");
    }
    let resource = fields.required_text("Resource")?;
    if let Some(integration) = Integration::of_resource(resource) {
        return Some(Task { resource: Resource::Integration(integration), timeout, heartbeat });
    }
    match Arn::parse(resource) {
        Ok(arn) if arn.kind == "activity" && arn.account == home.account && arn.region == home.region => {
            Some(Task { resource: Resource::Activity(resource.to_owned()), timeout, heartbeat })
        }
        _ => {
            let Home { account, region } = home;
            let problem = format!(
                "must be the ARN of an activity of account {account} in {region} or of a service integration that the \
                 sandbox has, not '{resource}'"
            );
            fields.wrong("Resource", &problem);
            None
        }
    }
}

fn choice(fields: &Fields<'_>) -> Option<Choice> {
    let rules = fields.required_objects("Choices");
    let rules = rules.iter().map(rules::top).collect::<Option<Vec<_>>>();
    Some(Choice { default: fields.text("Default").map(str::to_owned), rules: rules? })
}

fn pause(fields: &Fields<'_>) -> Option<Pause> {
    let written = fields.text("Timestamp").and_then(|text| {
        let time = timestamp::parse(text);
        if time.is_none() {
            fields.wrong("Timestamp", "must be a valid RFC 3339 timestamp, such as '2026-03-14T01:59:00Z'");
        }
        time
    });
    let choices = [
        amount(fields, "Seconds", "SecondsPath", 0).map(Pause::For),
        written.map(Pause::Until),
        fields.path("TimestampPath").map(Pause::UntilPath),
    ];
    let named = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"];
    if named.into_iter().filter(|name| fields.any(name).is_some()).count() != 1 {
        fields.wrong_here("Exactly one of Seconds, SecondsPath, Timestamp, TimestampPath must be there");
    }
    choices.into_iter().flatten().next()
}

fn parallel(fields: &Fields<'_>, home: Home<'_>) -> Option<Vec<super::Flow>> {
    let branches = fields.required_objects("Branches");
    let read = |branch: &Fields<'_>| {
        let flow = flow(branch, home);
        branch.refuse_others();
        flow
    };
    branches.iter().map(read).collect()
}

fn map(fields: &Fields<'_>, home: Home<'_>) -> Option<MapWork> {
    let old = fields.any("Iterator").is_some();
    let processor = fields.object(if old { "Iterator" } else { "ItemProcessor" }, true)?;
    if let Some(configuration) = processor.object("ProcessorConfig", false) {
        if configuration.text("Mode").is_some_and(|mode| mode != "INLINE") {
            configuration.wrong("Mode", "must be 'INLINE': this sandbox has no distributed Map");
        }
        configuration.refuse_others();
    }
    let flow = flow(&processor, home);
    processor.refuse_others();
    let selectors = [fields.template("ItemSelector"), fields.template("Parameters")];
    if selectors.iter().all(Option::is_some) {
        fields.wrong_here("ItemSelector and Parameters cannot both be there");
    }
    Some(MapWork {
        items: fields.path("ItemsPath"),
        selector: selectors.into_iter().flatten().next(),
        processor: flow?,
        concurrency: amount(fields, "MaxConcurrency", "MaxConcurrencyPath", 0).unwrap_or(Amount::Fixed(0)),
    })
}

fn fail_part(fields: &Fields<'_>, name: &'static str, path_name: &'static str) -> Option<FailPart> {
    let text = fields.text(name).map(|text| FailPart::Text(text.to_owned()));
    let Some(expression) = fields.text(path_name) else {
        return text;
    };
    if text.is_some() {
        fields.wrong_here(&format!("{name} and {path_name} cannot both be there"));
    }
    let expression = Expression::parse(expression);
    expression.map_err(|problem| fields.wrong(path_name, &problem)).ok().map(FailPart::Expression)
}

fn amount(fields: &Fields<'_>, name: &'static str, path_name: &'static str, least: u64) -> Option<Amount> {
    let fixed = fields.number(name, least).map(Amount::Fixed);
    let path = fields.path(path_name).map(Amount::Path);
    if fixed.is_some() && path.is_some() {
        fields.wrong_here(&format!("{name} and {path_name} cannot both be there"));
    }
    fixed.or(path)
}

fn selection(fields: &Fields<'_>, name: &'static str) -> Selection {
    match fields.any(name) {
        None => Selection::All,
        Some(value) if value.is_null() => Selection::Nothing,
        Some(_) => fields.path(name).map_or(Selection::All, Selection::Path),
    }
}

/// Reads `ResultPath`, of a state or of an entry of its `Catch`.
pub(super) fn placement(fields: &Fields<'_>) -> Placement {
    match fields.any("ResultPath") {
        None => whole(),
        Some(value) if value.is_null() => Placement::Discard,
        Some(_) => fields.reference("ResultPath").map_or_else(whole, Placement::At),
    }
}

fn whole() -> Placement {
    ReferencePath::parse("$").map_or(Placement::Discard, Placement::At)
}

fn transition(fields: &Fields<'_>) -> Option<String> {
    let next = fields.text("Next");
    let ends = fields.boolean("End");
    match (next, ends) {
        (None, Some(true)) => None,
        (Some(next), None | Some(false)) => Some(next.to_owned()),
        _ => {
            fields.wrong_here("Either Next or \"End\": true must be there, and not both");
            None
        }
    }
}
