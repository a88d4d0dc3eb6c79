//! The functions by name: how many arguments each takes, and which code works it out.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::{arrays, numbers, strings};
use crate::random::Random;

/// One of the functions that the service documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Array,
    ArrayContains,
    ArrayGetItem,
    ArrayLength,
    ArrayPartition,
    ArrayRange,
    ArrayUnique,
    Base64Decode,
    Base64Encode,
    Format,
    Hash,
    JsonMerge,
    JsonToString,
    MathAdd,
    MathRandom,
    StringSplit,
    StringToJson,
    Uuid,
}

const NAMES: [(&str, Function); 18] = [
    ("States.Array", Function::Array),
    ("States.ArrayContains", Function::ArrayContains),
    ("States.ArrayGetItem", Function::ArrayGetItem),
    ("States.ArrayLength", Function::ArrayLength),
    ("States.ArrayPartition", Function::ArrayPartition),
    ("States.ArrayRange", Function::ArrayRange),
    ("States.ArrayUnique", Function::ArrayUnique),
    ("States.Base64Decode", Function::Base64Decode),
    ("States.Base64Encode", Function::Base64Encode),
    ("States.Format", Function::Format),
    ("States.Hash", Function::Hash),
    ("States.JsonMerge", Function::JsonMerge),
    ("States.JsonToString", Function::JsonToString),
    ("States.MathAdd", Function::MathAdd),
    ("States.MathRandom", Function::MathRandom),
    ("States.StringSplit", Function::StringSplit),
    ("States.StringToJson", Function::StringToJson),
    ("States.UUID", Function::Uuid),
];

impl Function {
    /// The function of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }

    /// The function's name.
    pub(super) fn name(self) -> &'static str {
        NAMES.iter().find(|(_, function)| *function == self).map_or("States.?", |(name, _)| name)
    }

    /// How many arguments it takes.
    pub(super) fn arity(self) -> RangeInclusive<usize> {
        match self {
            Self::Array => 0..=usize::MAX,
            Self::Format => 1..=usize::MAX,
            Self::Uuid => 0..=0,
            Self::ArrayLength
            | Self::ArrayUnique
            | Self::Base64Decode
            | Self::Base64Encode
            | Self::JsonToString
            | Self::StringToJson => 1..=1,
            Self::ArrayContains
            | Self::ArrayGetItem
            | Self::ArrayPartition
            | Self::Hash
            | Self::MathAdd
            | Self::StringSplit => 2..=2,
            Self::MathRandom => 2..=3,
            Self::ArrayRange | Self::JsonMerge => 3..=3,
        }
    }

    /// Works the function out, or says why it cannot. The number of arguments has been checked by the parser.
    pub(super) fn apply(self, arguments: &[Value], random: &Random) -> Result<Value, String> {
        match (self, arguments) {
            (Self::Array, items) => Ok(Value::Array(items.to_vec())),
            (Self::ArrayContains, [array, value]) => arrays::contains(array, value),
            (Self::ArrayGetItem, [array, index]) => arrays::get_item(array, index),
            (Self::ArrayLength, [array]) => arrays::length(array),
            (Self::ArrayPartition, [array, size]) => arrays::partition(array, size),
            (Self::ArrayRange, [first, last, step]) => arrays::range(first, last, step),
            (Self::ArrayUnique, [array]) => arrays::unique(array),
            (Self::Base64Decode, [text]) => strings::base64_decode(text),
            (Self::Base64Encode, [text]) => strings::base64_encode(text),
            (Self::Format, [template, values @ ..]) => strings::format(template, values),
            (Self::Hash, [data, algorithm]) => strings::hash(data, algorithm),
            (Self::JsonMerge, [one, other, deep]) => strings::json_merge(one, other, deep),
            (Self::JsonToString, [value]) => Ok(Value::String(value.to_string())),
            (Self::MathAdd, [a, b]) => numbers::add(a, b),
            (Self::MathRandom, [start, end]) => numbers::random(start, end, random),
            (Self::MathRandom, [start, end, seed]) => numbers::random_seeded(start, end, seed),
            (Self::StringSplit, [text, delimiters]) => strings::split(text, delimiters),
            (Self::StringToJson, [text]) => strings::to_json(text),
            (Self::Uuid, []) => Ok(Value::String(random.uuid())),
            _ => Err("wrong number of arguments".to_owned()),
        }
    }
}
