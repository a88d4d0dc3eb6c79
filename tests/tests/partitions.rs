//! AWS has partitions (`aws`, `aws-us-gov`, `aws-cn`), and an ARN that is built names the one in which it is.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::fs;
use std::path::{Path, PathBuf};

/// What runs in production. The sandbox is a small AWS of its own.
const CRATES: [&str; 6] = ["activities", "cli", "domain", "falcon", "gateway", "runtime"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

/// Whether a line puts something into an ARN whose partition it has fixed.
fn fixes_a_partition(line: &str) -> bool {
    let built = line.split("arn:aws").skip(1).any(|rest| rest.split('"').next().unwrap_or_default().contains('{'));
    built && !line.trim_start().starts_with("//")
}

#[test]
fn no_arn_that_is_built_has_its_partition_fixed() {
    assert!(fixes_a_partition(r#"format!("arn:aws:iam::{account}:role/{role}")"#), "the check sees what it must");
    let mut files = Vec::new();
    for name in CRATES {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../workers").join(name).join("src"), &mut files);
    }
    let mut fixed = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let production = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = production.lines().enumerate().filter(|(_, line)| fixes_a_partition(line));
        fixed.extend(lines.map(|(number, line)| format!("{}:{} {line}", path.display(), number + 1)));
    }
    assert!(fixed.is_empty(), "{fixed:#?}");
}
