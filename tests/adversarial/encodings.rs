//! Bytes that are no plain UTF-8.

use crate::ground::Ground;

const PYTHON: &str = "import time\n# café\nasync def f():\n    time.sleep(5)\n";

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(order).collect()
}

#[test]
fn what_is_not_text_is_named_and_what_can_be_read_is_read() {
    let ground = Ground::new("encodings");
    ground.write("nul.py", PYTHON.replace("caf", "caf\0"));
    ground.write("nuls.py", vec![0; 100_000]);
    ground.write("nul.js", "f('\0')\n");
    ground.write("latin1.py", PYTHON.chars().map(|letter| letter as u8).collect::<Vec<_>>());
    ground.write("cut.py", &PYTHON.as_bytes()[..=PYTHON.find('é').expect("there is one")]);
    ground.write("surrogate.py", b"x = '\xed\xa0\x80'\n");
    ground.write("half.py", b"\xff\xfex");
    ground.write("lone.py", b"\xff\xfe\x00\xd8");
    ground.write("random.js", (0..50_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect::<Vec<_>>());
    ground.write("little.py", utf16(PYTHON, u16::to_le_bytes));
    ground.write("big.py", utf16(PYTHON, u16::to_be_bytes));
    ground.write("mark.py", format!("\u{feff}{PYTHON}"));
    ground.write("crlf.py", PYTHON.replace('\n', "\r\n"));
    ground.write("cr.py", PYTHON.replace('\n', "\r"));
    ground.write("cr.js", "const fs = require('fs')\rsetInterval(() => {\rfs.readFileSync('a')\r}, 10)\r");
    ground.write("empty.py", "");
    ground.write("mark-only.js", "\u{feff}");
    ground.write("separators.js", "f('\u{2028}\u{2029}')\n");

    let report = ground.check_in_every_format(&[]);
    for (path, reason) in [
        ("nul.py", "binary"),
        ("nuls.py", "binary"),
        ("nul.js", "binary"),
        ("latin1.py", "not UTF-8 text"),
        ("cut.py", "not UTF-8 text"),
        ("surrogate.py", "not UTF-8 text"),
        ("half.py", "not UTF-8 text"),
        ("lone.py", "not UTF-8 text"),
        ("random.js", "binary"),
    ] {
        assert_eq!(report.skipped(path), Some(reason), "{path}");
    }
    for path in ["little.py", "big.py", "mark.py", "crlf.py", "cr.py"] {
        let finding = report.finding(path).unwrap_or_else(|| panic!("{path} has a finding"));
        assert_eq!((finding["line"].as_u64(), finding["column"].as_u64()), (Some(4), Some(10)), "{path}");
    }
    assert_eq!(report.line("cr.js"), Some(3));
    report.assert_accounts_for(20);
}
