//! From the text of a filter to its conditions.

use super::Kind;
use super::condition::{Condition, Relation};
use super::literal::Literal;

/// "A FQL statement can have a maximum of 20 properties defined."
const MOST_PROPERTIES: usize = 20;

/// The longer ones first, since each begins with a shorter one.
const RELATIONS: [(&str, Relation); 5] = [
    (">=", Relation::AtLeast),
    ("<=", Relation::AtMost),
    (">", Relation::Above),
    ("<", Relation::Below),
    ("!", Relation::IsNot),
];

type Kinds<'a> = &'a dyn Fn(&str) -> Option<Kind>;

/// The conditions that are joined by "and", joined by "or".
pub(super) fn alternatives(text: &str, kind: Kinds<'_>) -> Result<Vec<Vec<Condition>>, String> {
    let mut alternatives = vec![Vec::new()];
    let mut rest = text;
    let mut properties = 0;
    loop {
        let (condition, after) = condition(rest, kind)?;
        properties += 1;
        if let Some(all) = alternatives.last_mut() {
            all.push(condition);
        }
        if properties > MOST_PROPERTIES {
            return Err(format!("more than {MOST_PROPERTIES} properties"));
        }
        rest = match after.chars().next() {
            None => return Ok(alternatives),
            Some('+') => &after[1..],
            Some(',') => {
                alternatives.push(Vec::new());
                &after[1..]
            }
            Some(_) => return Err(format!("neither + nor , in front of {after}")),
        };
    }
}

/// The condition at the beginning of a text, and what comes after it.
fn condition<'a>(text: &'a str, kind: Kinds<'_>) -> Result<(Condition, &'a str), String> {
    let (field, rest) = text.split_once(':').ok_or_else(|| format!("no colon in {text}"))?;
    let kind = kind(field).ok_or_else(|| format!("unknown property {field}"))?;
    let (relation, rest) = relation(rest);
    let may_be_asked = match relation {
        Relation::Is => true,
        Relation::IsNot => kind != Kind::Name,
        _ => matches!(kind, Kind::Text | Kind::Seconds),
    };
    if !may_be_asked {
        return Err(format!("a comparison that {field} does not have"));
    }
    let (values, rest) = match rest.strip_prefix('[') {
        Some(list) if matches!(relation, Relation::Is | Relation::IsNot) => values(list, kind)?,
        Some(_) => return Err(format!("{field} compared with a list")),
        None => value(rest, kind).map(|(value, rest)| (vec![value], rest))?,
    };
    Ok((Condition { field: field.to_owned(), relation, values }, rest))
}

fn relation(text: &str) -> (Relation, &str) {
    let mut written = RELATIONS.iter().filter_map(|(sign, relation)| Some((*relation, text.strip_prefix(sign)?)));
    written.next().unwrap_or((Relation::Is, text))
}

/// The values of a list after its bracket, and what comes after the list.
fn values(list: &str, kind: Kind) -> Result<(Vec<Literal>, &str), String> {
    let mut values = Vec::new();
    let mut rest = list;
    loop {
        let (value, after) = value(rest, kind)?;
        values.push(value);
        match after.chars().next() {
            Some(',') => rest = &after[1..],
            Some(']') => return Ok((values, &after[1..])),
            _ => return Err(format!("a list without an end: {list}")),
        }
    }
}

/// The value at the beginning of a text, between quotes of either kind or bare, and what comes after it.
fn value(text: &str, kind: Kind) -> Result<(Literal, &str), String> {
    let Some(quote) = text.chars().next().filter(|character| matches!(character, '\'' | '"')) else {
        let end = text.find(['+', ',', ']']).unwrap_or(text.len());
        return Ok((Literal::bare(&text[..end], kind)?, &text[end..]));
    };
    let (value, rest) = text[1..].split_once(quote).ok_or_else(|| format!("a value without an end: {text}"))?;
    Ok((Literal::quoted(value, kind)?, rest))
}
