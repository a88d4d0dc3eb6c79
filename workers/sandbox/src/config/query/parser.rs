//! From the text of a query to what it asks for.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::condition::Condition;
use super::tokens::{Token, tokens};
use super::{Column, Order, Query};
use crate::config::item::{Kind, Property, Scalar};

/// Properties of a GROUP BY,
/// <https://docs.aws.amazon.com/config/latest/developerguide/querying-AWS-resources.html#query-limitations>.
const MAX_GROUPS: usize = 3;
/// Characters before a wildcard, of the same page.
const MIN_STEM: usize = 3;

struct Parser {
    tokens: Peekable<IntoIter<Token>>,
}

/// Reads a query.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub(super) fn parse(text: &str) -> Result<Query, String> {
    let mut parser = Parser { tokens: tokens(text)?.into_iter().peekable() };
    parser.expect("SELECT")?;
    let columns = parser.columns()?;
    let condition = if parser.take("WHERE") { Some(parser.any()?) } else { None };
    let groups = if parser.take("GROUP") { parser.by(Parser::property)? } else { Vec::new() };
    let order = if parser.take("ORDER") { parser.by(Parser::order)? } else { Vec::new() };
    if let Some(token) = parser.tokens.next() {
        return Err(format!("{token} is out of place"));
    }
    let query = Query { columns, condition, groups, order };
    check(&query)?;
    Ok(query)
}

/// What a query must be as a whole.
fn check(query: &Query) -> Result<(), String> {
    let Query { columns, groups, order, .. } = query;
    let selected = |path: &str| columns.iter().any(|column| matches!(column, Column::Scalar(one) if one.path == path));
    if groups.len() > MAX_GROUPS {
        return Err(format!("GROUP BY has more than {MAX_GROUPS} properties"));
    }
    if !groups.is_empty() && !query.is_aggregation() {
        return Err("GROUP BY goes with an aggregate function".to_owned());
    }
    if let Some(group) = groups.iter().find(|group| !group.is_scalar()) {
        return Err(format!("the sandbox does not group by {}", group.path));
    }
    if let Some(by) = order.iter().find(|by| !selected(by.property.path)) {
        return Err(format!("ORDER BY {} is not selected", by.property.path));
    }
    let grouped = |column: &Column| match column {
        Column::Scalar(property) => groups.iter().any(|group| group.path == property.path),
        Column::Count => true,
        Column::Configuration | Column::Tags => false,
    };
    if query.is_aggregation() && !columns.iter().all(grouped) {
        return Err("what is selected beside an aggregate function must stand in GROUP BY".to_owned());
    }
    Ok(())
}

impl Parser {
    fn columns(&mut self) -> Result<Vec<Column>, String> {
        if self.take_sign('*') {
            return Ok(Property::top().map(Column::Scalar).collect());
        }
        self.list(Self::column)
    }

    fn column(&mut self) -> Result<Column, String> {
        let word = self.word()?;
        if self.take_sign('(') {
            let count = word.eq_ignore_ascii_case("COUNT") && self.take_sign('*') && self.take_sign(')');
            return if count {
                Ok(Column::Count)
            } else {
                Err(format!("the sandbox has COUNT(*), and no other {word}(…)"))
            };
        }
        match word.as_str() {
            "configuration" => Ok(Column::Configuration),
            "tags" => Ok(Column::Tags),
            path => match property(path)? {
                property if property.is_scalar() => Ok(Column::Scalar(property)),
                _ => Err(format!("{path} is a part of a nested structure: select tags")),
            },
        }
    }

    fn order(&mut self) -> Result<Order, String> {
        let property = self.property()?;
        let descending = self.take("DESC");
        let _ = descending || self.take("ASC");
        Ok(Order { property, descending })
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut condition = self.all()?;
        while self.take("OR") {
            condition = Condition::Or(Box::new(condition), Box::new(self.all()?));
        }
        Ok(condition)
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut condition = self.one()?;
        while self.take("AND") {
            condition = Condition::And(Box::new(condition), Box::new(self.one()?));
        }
        Ok(condition)
    }

    fn one(&mut self) -> Result<Condition, String> {
        if self.take("NOT") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.take_sign('(') {
            let condition = self.any()?;
            self.expect_sign(')')?;
            return Ok(condition);
        }
        let property = self.property()?;
        if self.take_sign('=') {
            return Ok(Condition::OneOf { property, values: vec![self.value(property)?] });
        }
        if self.take("IN") {
            self.expect_sign('(')?;
            let values = self.list(|parser| parser.value(property))?;
            self.expect_sign(')')?;
            return Ok(Condition::OneOf { property, values });
        }
        self.expect("LIKE").map_err(|_| format!("{} is followed by none of =, IN and LIKE", property.path))?;
        like(property, &self.text()?)
    }

    /// `BY` and a list.
    fn by<T>(&mut self, entry: impl FnMut(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        self.expect("BY")?;
        self.list(entry)
    }

    fn list<T>(&mut self, mut entry: impl FnMut(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        let mut entries = vec![entry(self)?];
        while self.take_sign(',') {
            entries.push(entry(self)?);
        }
        Ok(entries)
    }

    fn property(&mut self) -> Result<Property, String> {
        property(&self.word()?)
    }

    fn word(&mut self) -> Result<String, String> {
        match self.tokens.next() {
            Some(Token::Word(word)) => Ok(word),
            other => Err(format!("{} stands where a property belongs", name(other))),
        }
    }

    /// What stands on the right of a property: true or false without quotes, or a text in quotes.
    fn value(&mut self, property: Property) -> Result<Scalar, String> {
        if property.kind() != Kind::Flag {
            return self.text().map(Scalar::Text);
        }
        if self.take("TRUE") {
            return Ok(Scalar::Flag(true));
        }
        self.expect("FALSE")
            .map(|()| Scalar::Flag(false))
            .map_err(|_| format!("{} is compared with true or false, not with {}", property.path, self.next_name()))
    }

    fn text(&mut self) -> Result<String, String> {
        match self.tokens.next() {
            Some(Token::Text(text)) => Ok(text),
            other => Err(format!("{} stands where a value in quotes belongs", name(other))),
        }
    }

    fn take(&mut self, keyword: &str) -> bool {
        self.tokens.next_if(|token| token.is(keyword)).is_some()
    }

    fn take_sign(&mut self, sign: char) -> bool {
        self.tokens.next_if_eq(&Token::Sign(sign)).is_some()
    }

    fn expect(&mut self, keyword: &str) -> Result<(), String> {
        if self.take(keyword) { Ok(()) } else { Err(format!("{} stands where {keyword} belongs", self.next_name())) }
    }

    fn expect_sign(&mut self, sign: char) -> Result<(), String> {
        if self.take_sign(sign) { Ok(()) } else { Err(format!("{} stands where {sign} belongs", self.next_name())) }
    }

    fn next_name(&mut self) -> String {
        name(self.tokens.peek().cloned())
    }
}

fn property(path: &str) -> Result<Property, String> {
    Property::named(path).ok_or_else(|| format!("the sandbox has no property {path} of any resource"))
}

/// Wildcards stand at the end only, after three characters or more.
fn like(property: Property, text: &str) -> Result<Condition, String> {
    let mut characters = text.chars();
    let wildcard = characters.next_back();
    let stem = characters.as_str();
    if !matches!(wildcard, Some('%' | '_')) || stem.contains(['%', '_']) {
        return Err(format!("LIKE '{text}' must have one wildcard, at its end"));
    }
    if stem.chars().count() < MIN_STEM {
        return Err(format!("LIKE '{text}' must have at least {MIN_STEM} characters before its wildcard"));
    }
    Ok(Condition::Begins { property, stem: stem.to_owned(), one_more: wildcard == Some('_') })
}

fn name(token: Option<Token>) -> String {
    token.map_or_else(|| "the end".to_owned(), |token| token.to_string())
}
