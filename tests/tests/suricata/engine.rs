//! Suricata, as a program on this machine.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use falconer_tests::capture::Capture;

use crate::eve::{self, Record};

/// Network Firewall runs this major version
/// (<https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-best-practices.html>).
const MAJOR: u32 = 7;
/// Where it is set, a machine without the engine fails the tests instead of passing over them.
const REQUIRE: &str = "REQUIRE_SURICATA";

/// Rules pass before anything is dropped: `DEFAULT_ACTION_ORDER`.
pub(crate) const DEFAULT_ORDER: [&str; 4] = ["pass", "drop", "reject", "alert"];
/// Blocks come before what others let pass, as in `STRICT_ORDER` with the block rule group in front.
pub(crate) const BLOCKS_FIRST: [&str; 4] = ["drop", "reject", "pass", "alert"];

/// An installed Suricata, with a folder for one test.
pub(crate) struct Engine {
    folder: PathBuf,
    order: [&'static str; 4],
}

impl Engine {
    /// The engine with a folder of this name; `None`, loudly, if this machine has none.
    pub(crate) fn installed(name: &str) -> Option<Self> {
        static LACKING: LazyLock<Option<String>> = LazyLock::new(lacking);
        if let Some(found) = LACKING.as_ref() {
            assert!(!is_required(), "{REQUIRE} is 1, and suricata {MAJOR} is needed, but {found}: run .ci/suricata");
            return None;
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("suricata").join(name);
        // What an earlier run has left may be old, or not there.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Some(Self { folder, order: DEFAULT_ORDER })
    }

    /// The same engine, which evaluates the rules' actions in this order.
    pub(crate) fn in_order(self, order: [&'static str; 4]) -> Self {
        Self { order, ..self }
    }

    /// Loads the rules, and tells how many the engine has taken. One that it does not understand ends the test.
    pub(crate) fn load(&self, rules: &str) -> usize {
        let output = self.run(rules, &["-T", "-v"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        let loaded = said.split(" rules successfully loaded").next().and_then(|before| before.rsplit(' ').next());
        loaded.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("it does not say how many:\n{said}"))
    }

    /// Lets the capture pass through the engine as if it stood in the way of the traffic.
    pub(crate) fn replay(&self, rules: &str, capture: &Capture) -> Vec<Record> {
        let path = self.folder.join("traffic.pcap");
        capture.write(BufWriter::new(File::create(&path).unwrap())).unwrap();
        self.run(rules, &["--simulate-ips", "-k", "none", "-r", path.to_str().unwrap()]);
        eve::read(&fs::read_to_string(self.folder.join("eve.json")).unwrap())
    }

    fn run(&self, rules: &str, arguments: &[&str]) -> Output {
        let path = self.folder.join("block.rules");
        fs::write(&path, rules).unwrap();
        let order = self
            .order
            .iter()
            .enumerate()
            .flat_map(|(place, action)| ["--set".to_owned(), format!("action-order.{place}={action}")]);
        let output = Command::new("suricata")
            .args(["-c", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suricata/engine.yaml")])
            .args(order)
            .arg("-S")
            .arg(&path)
            .arg("-l")
            .arg(&self.folder)
            .arg("--init-errors-fatal")
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&output.stderr));
        output
    }
}

/// What is found instead of the engine, if it is not here; and says so once.
fn lacking() -> Option<String> {
    let found = match Command::new("suricata").arg("-V").output().ok().and_then(|output| major(&output.stdout)) {
        Some(MAJOR..) => return None,
        Some(version) => format!("version {version} is here"),
        None => "none is here".to_owned(),
    };
    // Straight to the file: a passing test's `eprintln!` is kept from the screen.
    let _ = writeln!(
        io::stderr(),
        "\nSKIPPED: suricata is not installed ({MAJOR} is needed, {found}): no rule is shown to the engine. Install it with \
         .ci/suricata.\n"
    );
    Some(found)
}

fn is_required() -> bool {
    #[expect(clippy::disallowed_methods, reason = "the one switch of these tests")]
    let value = std::env::var(REQUIRE);
    value.is_ok_and(|value| value == "1")
}

fn major(stdout: &[u8]) -> Option<u32> {
    let said = String::from_utf8_lossy(stdout);
    let (_, version) = said.split_once("version ")?;
    version.split('.').next()?.parse().ok()
}
