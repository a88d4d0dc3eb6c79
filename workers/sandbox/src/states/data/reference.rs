//! Reference paths: the paths that name exactly one place, so that a value can be read there and put there.
//!
//! Source: <https://states-language.net/spec.html#ref-paths>. Names in dot notation are read as the service's own
//! JSONPath library reads them: `$.detail-type` is a name with a hyphen, not a subtraction.

use serde_json::{Map, Value};

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    Index(i64),
}

/// A path such as `$.finding.ids[0]` or `$['detail-type']`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReferencePath {
    steps: Vec<Step>,
}

impl ReferencePath {
    /// Reads a path; `None` if it is not one that names exactly one place.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix('$')?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = if let Some(after) = rest.strip_prefix('.') {
                dotted(after)?
            } else {
                bracketed(rest.strip_prefix('[')?)?
            };
            steps.push(step);
            rest = after;
        }
        Some(Self { steps })
    }

    /// Whether a value can be put at this path: an index counted from the end names a place only for a reader.
    pub(crate) fn is_writable(&self) -> bool {
        self.steps.iter().all(|step| !matches!(step, Step::Index(index) if *index < 0))
    }

    /// The value at this path.
    pub(crate) fn get<'a>(&self, root: &'a Value) -> Option<&'a Value> {
        self.steps.iter().try_fold(root, |node, step| match step {
            Step::Member(name) => node.as_object()?.get(name),
            Step::Index(index) => {
                let items = node.as_array()?;
                items.get(position(*index, items.len())?)
            }
        })
    }

    /// Puts a value at this path, making the objects on the way that are not there yet.
    ///
    /// Gives `false`, and leaves an unspecified part of the way made, if something on the way is neither an object
    /// nor an array with that index.
    #[must_use]
    pub(crate) fn put(&self, root: &mut Value, value: Value) -> bool {
        let mut node = root;
        for step in &self.steps {
            let next = match (step, node) {
                (Step::Member(name), Value::Object(members)) => {
                    Some(members.entry(name.clone()).or_insert_with(|| Value::Object(Map::new())))
                }
                (Step::Index(index), Value::Array(items)) => {
                    let length = items.len();
                    position(*index, length).and_then(|at| items.get_mut(at))
                }
                _ => None,
            };
            let Some(next) = next else { return false };
            node = next;
        }
        *node = value;
        true
    }
}

fn position(index: i64, length: usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(index) => Some(index),
        Err(_) => length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}

fn dotted(text: &str) -> Option<(Step, &str)> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let legal = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/') || !c.is_ascii();
    (!name.is_empty() && name.chars().all(legal)).then(|| (Step::Member(name.to_owned()), rest))
}

fn bracketed(text: &str) -> Option<(Step, &str)> {
    let quote = text.chars().next()?;
    if quote != '\'' && quote != '"' {
        let (index, rest) = text.split_once(']')?;
        return Some((Step::Index(index.parse().ok()?), rest));
    }
    let mut name = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => name.push(characters.next()?.1),
            _ if c == quote => {
                let rest = text.get(at + 1..)?.strip_prefix(']')?;
                return Some((Step::Member(name), rest));
            }
            _ => name.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn put(path: &str, mut root: Value, value: Value) -> Option<Value> {
        ReferencePath::parse(path).unwrap().put(&mut root, value).then_some(root)
    }

    #[test]
    fn reads_members_and_indices_in_both_notations() {
        let root = json!({ "detail-type": "a", "x": [{ "it's": 1 }, { "b/c": 2 }] });
        let get = |path: &str| ReferencePath::parse(path).unwrap().get(&root).cloned();
        assert_eq!(get("$"), Some(root.clone()));
        assert_eq!(get("$.detail-type"), Some(json!("a")));
        assert_eq!(get(r"$['x'][0]['it\'s']"), Some(json!(1)));
        assert_eq!(get(r#"$.x[1]["b/c"]"#), Some(json!(2)));
        assert_eq!(get("$.x[-1].b/c"), Some(json!(2)));
        assert_eq!(get("$.x[2]"), None);
        assert_eq!(get("$.x.y"), None);
    }

    #[test]
    fn refuses_what_names_more_than_one_place() {
        for path in
            ["", "x", "$.", "$..x", "$.x[*]", "$.x[0:1]", "$.x[0,1]", "$.x[?(@.y)]", "$.*", "$.x.length()", "$['x"]
        {
            assert_eq!(ReferencePath::parse(path), None, "{path}");
        }
        assert!(!ReferencePath::parse("$.x[-1]").unwrap().is_writable());
    }

    #[test]
    fn putting_makes_the_objects_on_the_way_and_keeps_the_rest() {
        assert_eq!(put("$.a.b", json!({ "c": 1 }), json!(2)), Some(json!({ "c": 1, "a": { "b": 2 } })));
        assert_eq!(put("$", json!({ "c": 1 }), json!(2)), Some(json!(2)));
        assert_eq!(put("$.a[1]", json!({ "a": [1, 2] }), json!(3)), Some(json!({ "a": [1, 3] })));
    }

    #[test]
    fn putting_into_something_that_is_no_object_is_refused() {
        assert_eq!(put("$.a", json!([]), json!(1)), None);
        assert_eq!(put("$.a.b", json!({ "a": "text" }), json!(1)), None);
        assert_eq!(put("$.a[2]", json!({ "a": [1, 2] }), json!(3)), None);
    }
}
