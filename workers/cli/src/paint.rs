//! Colours and marks, the same in every command. `anstream` takes the colours out where no terminal shows them.

use anstyle::{AnsiColor, Style};
use comfy_table::{Table, presets};
use jiff::Timestamp;
use serde::Serialize;

/// Something went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Something went wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Something to look at.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
/// Beside the point.
pub(crate) const DIM: Style = Style::new().dimmed();
/// A heading.
pub(crate) const STRONG: Style = Style::new().bold();

/// `text` in `style`.
pub(crate) fn paint(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// A table whose columns line up, with no frame, so that `awk` can read it too.
pub(crate) fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.to_vec());
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

/// A time, as precise as people want it.
pub(crate) fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// JSON in printable ASCII. Strings of it may be anybody's text, and JSON itself lets characters through that move a
/// terminal's cursor or turn the direction of writing.
pub(crate) fn json(value: &impl Serialize) -> String {
    let text = serde_json::json!(value).to_string();
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ' '..='~' => shown.push(character),
            // Only within a string, where this is the same.
            _ => character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| shown.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    shown
}

/// `1 block`, `2 blocks`.
pub(crate) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Warns of rules that bear Falconer's mark and that a person has edited, if there are some.
pub(crate) fn warn_of_edited(rules: usize) {
    if rules > 0 {
        let edited = count(rules, "rule");
        let warning = format!(
            "{edited} with Falconer's mark, edited by hand: Falconer no longer looks after what it did not write"
        );
        anstream::println!("{}", paint(WARN, warning));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_the_same_and_moves_no_cursor() {
        let value = serde_json::json!({ "tag\u{7f}": "\u{9b}2J\u{202e}\u{1b}[2J \u{1f980} \u{fc}" });
        let shown = json(&value);
        assert!(shown.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }

    #[test]
    fn columns_line_up() {
        let table = table(
            &["INDICATOR", "MODE"],
            [vec!["evil.example".into(), "drop".into()], vec!["a.example".into(), "alert".into()]],
        );
        assert_eq!(table, "INDICATOR     MODE\nevil.example  drop\na.example     alert");
    }
}
