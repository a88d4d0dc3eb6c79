//! Colours and marks, the same in every command. `anstream` takes the colours out where no terminal shows them.

use anstyle::{AnsiColor, Style};
use comfy_table::{Table, presets};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let table = table(
            &["INDICATOR", "MODE"],
            [vec!["evil.example".into(), "drop".into()], vec!["a.example".into(), "alert".into()]],
        );
        assert_eq!(table, "INDICATOR     MODE\nevil.example  drop\na.example     alert");
    }
}
