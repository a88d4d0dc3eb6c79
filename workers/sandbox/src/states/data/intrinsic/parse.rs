//! Reads the text of a call: a name, and in brackets literals, paths and further calls.

use serde_json::Value;

use super::function::Function;
use super::{Argument, Call};
use crate::states::data::path::Path;

/// Reads a text that is one call and nothing else.
pub(super) fn call(text: &str) -> Result<Call, String> {
    let (call, rest) = leading_call(text.trim())?;
    if rest.is_empty() { Ok(call) } else { Err(format!("'{rest}' stands after the end of the call")) }
}

fn leading_call(text: &str) -> Result<(Call, &str), String> {
    let (name, mut rest) = text.split_once('(').ok_or_else(|| format!("'{text}' is neither a path nor a call"))?;
    let function = Function::named(name).ok_or_else(|| format!("'{name}' is not an intrinsic function"))?;
    let mut arguments = Vec::new();
    rest = rest.trim_start();
    if let Some(after) = rest.strip_prefix(')') {
        rest = after;
    } else {
        loop {
            let (argument, after) = leading_argument(rest)?;
            arguments.push(argument);
            let after = after.trim_start();
            if let Some(next) = after.strip_prefix(',') {
                rest = next.trim_start();
            } else if let Some(end) = after.strip_prefix(')') {
                rest = end;
                break;
            } else {
                return Err(format!("the call of {name} needs ',' or ')' before '{after}'"));
            }
        }
    }
    if !function.arity().contains(&arguments.len()) {
        return Err(format!("{name} does not take {} arguments", arguments.len()));
    }
    Ok((Call { function, arguments }, rest))
}

fn leading_argument(text: &str) -> Result<(Argument, &str), String> {
    if let Some(inside) = text.strip_prefix('\'') {
        let end = closing_quote(inside).ok_or_else(|| format!("'{text}' has no closing quote"))?;
        let quoted = &inside[..end];
        check_escapes(quoted)?;
        return Ok((Argument::Quoted(quoted.to_owned()), &inside[end + 1..]));
    }
    if text.starts_with("States.") {
        return leading_call(text).map(|(call, rest)| (Argument::Call(call), rest));
    }
    let (word, rest) = text.split_at(end_of_word(text));
    let word = word.trim_end();
    if word.starts_with('$') {
        return Ok((Argument::Path(Path::parse(word)?), rest));
    }
    match serde_json::from_str(word) {
        Ok(value @ (Value::Number(_) | Value::Bool(_) | Value::Null)) => Ok((Argument::Literal(value), rest)),
        _ => Err(format!("'{word}' is not an argument: use a path, 'text', a number, true, false, null or a call")),
    }
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let closes = c == '\'' && !escaped;
        escaped = c == '\\' && !escaped;
        closes.then_some(at)
    })
}

fn check_escapes(quoted: &str) -> Result<(), String> {
    let mut characters = quoted.chars();
    while let Some(c) = characters.next() {
        if c == '\\' && !matches!(characters.next(), Some('\'' | '\\' | '{' | '}')) {
            return Err(format!(r"'{quoted}' holds a backslash that escapes none of ' \ {{ }}"));
        }
    }
    Ok(())
}

/// Where a path or a plain literal ends: at a comma or closing bracket that is not inside the path's own brackets or
/// quotes.
fn end_of_word(text: &str) -> usize {
    let mut depth = 0_u32;
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ',' | ')') if depth == 0 => return at,
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    text.len()
}
