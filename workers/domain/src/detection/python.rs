//! Lists and objects as Python's `str()` writes them, which is how the Falcon Integration Gateway publishes a member that is no
//! text, and what its users may have filters for.

use std::fmt::{self, Write};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// More than any field holds: what lies beyond it is passed over, so that a long list costs no memory.
const MOST_BYTES: usize = 8_192;

pub(super) fn truth(truth: bool) -> &'static str {
    if truth { "True" } else { "False" }
}

pub(super) fn list<'de, A: SeqAccess<'de>>(list: A) -> Result<String, A::Error> {
    let mut text = String::new();
    Repr(&mut text).visit_seq(list).map(|()| text)
}

pub(super) fn object<'de, A: MapAccess<'de>>(object: A) -> Result<String, A::Error> {
    let mut text = String::new();
    Repr(&mut text).visit_map(object).map(|()| text)
}

/// Writes a value behind a text, as `repr()` does.
struct Repr<'t>(&'t mut String);

impl Repr<'_> {
    fn is_full(&self) -> bool {
        self.0.len() >= MOST_BYTES
    }

    fn put<E: Error>(&mut self, value: impl fmt::Display) -> Result<(), E> {
        write!(self.0, "{value}").map_err(E::custom)
    }

    /// In single quotes, or in double ones if there are single ones in the text alone.
    fn quote<E: Error>(&mut self, text: &str) -> Result<(), E> {
        let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
        self.0.push(quote);
        for character in text.chars().take(MOST_BYTES) {
            match character {
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                '\t' => self.0.push_str("\\t"),
                '\\' => self.0.push_str("\\\\"),
                own if own == quote => self.0.extend(['\\', own]),
                control if control.is_control() => self.put(format_args!("\\x{:02x}", u32::from(control)))?,
                plain => self.0.push(plain),
            }
        }
        self.0.push(quote);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Repr<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if self.is_full() {
            return IgnoredAny::deserialize(from).map(|_| ());
        }
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Repr<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("anything")
    }

    fn visit_str<E: Error>(mut self, text: &str) -> Result<(), E> {
        self.quote(text)
    }

    fn visit_bool<E: Error>(mut self, value: bool) -> Result<(), E> {
        self.put(truth(value))
    }

    fn visit_u64<E: Error>(mut self, number: u64) -> Result<(), E> {
        self.put(number)
    }

    fn visit_i64<E: Error>(mut self, number: i64) -> Result<(), E> {
        self.put(number)
    }

    fn visit_f64<E: Error>(mut self, number: f64) -> Result<(), E> {
        self.put(format_args!("{number:?}"))
    }

    fn visit_unit<E: Error>(mut self) -> Result<(), E> {
        self.put("None")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.0.push('[');
        let opened = self.0.len();
        loop {
            let before = self.0.len();
            if before > opened {
                self.0.push_str(", ");
            }
            if list.next_element_seed(Repr(self.0))?.is_none() {
                self.0.truncate(before);
                break;
            }
        }
        self.0.push(']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<(), A::Error> {
        self.0.push('{');
        let opened = self.0.len();
        while let Some(name) = object.next_key::<String>()? {
            if self.is_full() {
                object.next_value::<IgnoredAny>()?;
                continue;
            }
            if self.0.len() > opened {
                self.0.push_str(", ");
            }
            self.quote(&name)?;
            self.0.push_str(": ");
            object.next_value_seed(Repr(self.0))?;
        }
        self.0.push('}');
        Ok(())
    }
}
