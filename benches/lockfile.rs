//! What a large `package-lock.json` costs: 50 MB may take 2 seconds of CPU.
//!
//! `cargo bench --bench lockfile` makes one in memory, reads it, turns its needs around and weighs them.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::Instant;

use crossgrain::packages::read_lockfile;

/// Size of the lockfile in bytes.
const SIZE: usize = 50_000_000;
/// Seconds it may take.
const MOST: f64 = 2.0;

fn main() -> Result<(), Box<dyn Error>> {
    let text = lockfile()?;
    // One thread that waits for nothing: what passes is what it takes.
    let began = Instant::now();
    let mut problems = Vec::new();
    let lockfile = read_lockfile("package-lock.json", &text, &mut problems).ok_or("no lockfile")?;
    let read = began.elapsed().as_secs_f64();
    let asks = lockfile.asks();
    let ways = (0..lockfile.packages.len()).filter(|&index| asks.way_to(index as u32).is_some()).count();
    let total = lockfile.importers.first().map_or(0, |importer| lockfile.weigh(importer).total);
    let all = began.elapsed().as_secs_f64();
    writeln!(
        io::stdout(),
        "{} MB, {} packages ({ways} reached, {total} weighed): read in {read:.2} s, all in {all:.2} s",
        text.len() / 1_000_000,
        lockfile.packages.len(),
    )?;
    if all > MOST { Err(format!("more than {MOST} s").into()) } else { Ok(()) }
}

/// A lockfile like those of large projects: half of what is said is of no use to us, and every third package has a
/// further version below another one.
fn lockfile() -> Result<String, Box<dyn Error>> {
    let mut text = String::with_capacity(SIZE + 10_000);
    text.push_str("{\n  \"lockfileVersion\": 3,\n  \"packages\": {\n    \"\": { \"dependencies\": { \"package-0\": \"^1.0.0\" } }");
    let mut number = 0_usize;
    while text.len() < SIZE {
        entry(&mut text, &format!("node_modules/package-{number}"), number)?;
        if number.is_multiple_of(3) {
            let below = format!("node_modules/package-{number}/node_modules/package-{}", number / 2);
            entry(&mut text, &below, number)?;
        }
        number += 1;
    }
    text.push_str("\n  }\n}\n");
    Ok(text)
}

fn entry(text: &mut String, path: &str, number: usize) -> Result<(), std::fmt::Error> {
    let hash = "A".repeat(86);
    write!(text, ",\n    \"{path}\": {{\n      \"version\": \"1.{}.3\",\n", number % 30)?;
    writeln!(text, "      \"resolved\": \"https://registry.npmjs.org/package/-/package-1.0.3.tgz\",")?;
    writeln!(text, "      \"integrity\": \"sha512-{hash}==\",\n      \"license\": \"MIT\",")?;
    writeln!(text, "      \"engines\": {{ \"node\": \">=18\" }},\n      \"dependencies\": {{")?;
    for next in 1..6 {
        writeln!(text, "        \"package-{}\": \"^1.0.0\",", number * 2 + next)?;
    }
    write!(text, "        \"package-{}\": \"^1.0.0\"\n      }}\n    }}", number + 1)
}
