//! A repository that wants to be more than text.

use crossgrain::report::Untrusted;

use crate::consumers::consume;
use crate::ground::Ground;

const NAMES: &[&str] = &[
    "plain",
    "line\n::error file=x::owned",
    "line\r::stop-commands::x",
    "::add-mask::x",
    "##[error]owned",
    "##vso[task.setvariable variable=x]y",
    "erase\u{1b}[2J\u{1b}]52;c;aGk=\u{7}",
    "control\u{1}\u{b}\u{1f}\u{7f}\u{9b}2J\u{85}",
    "right\u{202e}yp.to-left\u{2066}\u{200b}\u{feff}",
    "noncharacter\u{fffe}\u{ffff}",
    "a,line=99,title=X::msg",
    "%0A::error::x%0D%25%",
    "]]><script>alert(1)</script>&amp;\"'<!--",
    "<img src=x onerror=alert(1)>",
    "a|b`c`|``` ~~~ \\",
    "[click](https://example.invalid) ![x](y)",
    "@team #12 www.example.invalid https:--example.invalid <a@b.c>",
    "*bold* _it_ ~~no~~ $x$ {{ secrets.x }} ${{ github.token }}",
    "&#60;script&#62;",
    "| c | d |\n|---|---|",
    "c:colon",
    "back\\slash",
    "日本語 é 😀",
];

fn code(name: &str) -> String {
    let quoted = name.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], " ");
    format!(
        "import time\nfrom aiohttp import web\n\nasync def f(request):\n    time.sleep(5)  # {quoted}\n\n\
         app = web.Application()\napp.router.add_get(\"/{quoted}\", f)\n"
    )
}

#[test]
fn every_consumer_reads_what_is_there_and_nothing_else() {
    let ground = Ground::new("hostile");
    for name in NAMES {
        let name = name.replace('/', "-");
        // Some systems refuse some of them.
        let _ = std::fs::write(ground.root.join(format!("{name}.py")), code(&name));
        let directory = ground.root.join(format!("{name} directory"));
        if std::fs::create_dir(&directory).is_ok() {
            let _ = std::fs::write(directory.join("binary.py"), "\0");
            let _ = std::fs::write(directory.join("package.json"), format!("{{ {name}"));
        }
    }
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let name = std::ffi::OsStr::from_bytes(b"latin\xe9.py");
        std::fs::write(ground.root.join(name), code("latin")).expect("files can be written");
    }
    let reports = ground.in_every_format(&[]);
    let mut expected = None;
    for (format, text) in &reports {
        let Some(mut seen) = consume(*format, text) else { continue };
        for finding in &mut seen {
            finding.path = Untrusted(&finding.path).to_string();
        }
        seen.sort();
        let word = format!("{format:?}");
        if word == "Json" {
            assert!(seen.len() >= NAMES.len() / 2, "{seen:?}");
            expected = Some(seen);
        } else if word == "Github" {
            // Not all of them are annotated.
            let all = expected.as_ref().expect("JSON comes before");
            assert!(seen.len() == 10 && seen.iter().all(|finding| all.contains(finding)), "{seen:?}");
        } else {
            assert_eq!(Some(&seen), expected.as_ref(), "{word}");
        }
    }
}
