//! Checks how states lead to each other.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::Fields;
use super::model::{Flow, State, Work};
use super::problem::Problems;

/// Checks that every name leads to a state of the same flow, and that every state can be reached.
pub(super) fn check_transitions(flow: &Flow, fields: &Fields<'_>) {
    if !flow.states.contains_key(&flow.start_at) {
        fields.wrong_target(&format!("Missing 'StartAt' target: {}", flow.start_at), &fields.place("StartAt"));
        return;
    }
    let mut reached = BTreeSet::new();
    let mut open = vec![flow.start_at.as_str()];
    while let Some(name) = open.pop() {
        if let Some(state) = flow.states.get(name)
            && reached.insert(name)
        {
            open.extend(targets(state));
        }
    }
    for (name, state) in &flow.states {
        let at = fields.place(&format!("States/{name}"));
        for target in targets(state).filter(|target| !flow.states.contains_key(*target)) {
            fields.wrong_target(&format!("Missing 'Next' target: {target}"), &at);
        }
        if !reached.contains(name.as_str()) {
            fields.wrong_target(&format!("State \"{name}\" is not reachable."), &at);
        }
    }
}

fn targets(state: &State) -> impl Iterator<Item = &str> {
    let choice = match &state.work {
        Work::Choice(choice) => Some(choice),
        _ => None,
    };
    let chosen = choice.into_iter().flat_map(|choice| choice.rules.iter().map(|(_, next)| next).chain(&choice.default));
    state.next.iter().chain(state.catchers.iter().map(|catcher| &catcher.next)).chain(chosen).map(String::as_str)
}

/// Checks that no two states of the whole machine have the same name.
pub(super) fn check_names(flow: &Flow, problems: &Problems) {
    let mut uses = BTreeMap::new();
    count_names(flow, &mut uses);
    for (name, _) in uses.into_iter().filter(|(_, uses)| *uses > 1) {
        problems.report("DUPLICATE_STATE_NAME", &format!("More than one state is named '{name}'"), "");
    }
}

fn count_names<'a>(flow: &'a Flow, uses: &mut BTreeMap<&'a str, u32>) {
    for (name, state) in &flow.states {
        *uses.entry(name).or_default() += 1;
        match &state.work {
            Work::Parallel(branches) => branches.iter().for_each(|branch| count_names(branch, uses)),
            Work::Map(map) => count_names(&map.processor, uses),
            _ => {}
        }
    }
}
