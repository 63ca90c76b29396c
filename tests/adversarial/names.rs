//! Names and texts that want to be more than that.

use crossgrain::report::Format;

use crate::ground::Ground;

/// What a file may be called on any system, less or more.
const NAMES: &[&str] = &[
    "line\n::error::owned",
    "line\r::add-mask::x",
    "##[error]owned",
    "##vso[task.setvariable variable=x]y",
    "erase\u{1b}[2J\u{1b}]52;c;aGk=\u{7}",
    "bell\u{7}\u{8}\u{7f}",
    "next\u{85}line\u{9b}2J",
    "right\u{202e}yp.to-left\u{2066}",
    "zero\u{200b}width\u{feff}",
    "separator\u{2028}::error::x",
    "tag\u{e0041}",
    "a,line=99,title=X::msg",
    "%0A::error::x%0D",
    "<img src=x onerror=alert(1)>&\"'",
    "-rf",
    "--output-format=json",
    "$(touch owned)`touch owned`",
    " blank ",
    "back\\slash",
    "c:colon",
    "=cmd|' /C calc'!A0",
    "日本語 é",
];

/// Code with something to find, in whose path the name appears.
fn code(name: &str) -> String {
    let quoted = name.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], " ");
    format!(
        "import time\nfrom aiohttp import web\n\nasync def f(request):\n    time.sleep(5)  # {quoted}\n\n\
         app = web.Application()\napp.router.add_get(\"/{quoted}\", f)\n"
    )
}

#[test]
fn hostile_names_are_shown_harmless() {
    let ground = Ground::new("names");
    let mut written = 0;
    for name in NAMES {
        let path = ground.root.join(format!("{name}.py"));
        // Some systems refuse some of them.
        written += usize::from(std::fs::write(path, code(name)).is_ok());
        let directory = ground.root.join(format!("{name} directory"));
        if std::fs::create_dir(&directory).is_ok() {
            std::fs::write(directory.join("inner.py"), code(name)).expect("files can be written");
            std::fs::write(directory.join("binary.py"), "\0").expect("files can be written");
            std::fs::write(directory.join("package.json"), format!("{{ {name}")).expect("files can be written");
        }
    }
    let report = ground.check_in_every_format(&[]);
    let found = report.paths();
    let own = found.iter().filter(|path| !path.contains('/') && !path.starts_with("witness")).count();
    assert_eq!(own, written, "every name has its finding: {found:?}");
    // The other outputs print names too.
    let ran = ground.check(&["--show-files"]);
    assert!(ran.out().contains("witness.py"), "{}", ran.out());
}

#[test]
fn uris_are_uris_whatever_the_name() {
    let ground = Ground::new("names-uris");
    for name in NAMES {
        let _ = std::fs::write(ground.root.join(format!("{name}.py")), code(name));
    }
    let ran = ground.check(&["--output-format", "sarif"]);
    let uris: Vec<&str> = ran.out().split("\"uri\": \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(uris.len() > NAMES.len() / 2, "{uris:?}");
    for uri in uris {
        let path = uri.strip_prefix("https://").unwrap_or(uri);
        let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || b"-._~/%:#@!$&'()*+,;=".contains(&letter);
        assert!(path.bytes().all(is_plain) && !path.starts_with('/') && !path.contains(".."), "{uri}");
    }
}

#[test]
fn hostile_arguments_are_quoted_harmless() {
    let ground = Ground::new("names-arguments");
    for name in NAMES {
        for argument in [format!("{name}.py"), format!("--{name}"), format!("--select={name}")] {
            let ran = ground.check(&["--", &argument]);
            assert_eq!(ran.code, Some(2), "{argument:?}: {}", ran.err());
            // Whatever it means: the output is checked.
            ground.check(&[&argument]);
            ground.check(&["--config", &argument]);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_utf8_are_shown_and_analysed() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let ground = Ground::new("names-bytes");
    let name = |bytes| ground.root.join(OsStr::from_bytes(bytes));
    std::fs::create_dir(name(b"dir\xfe")).expect("directories can be made");
    for path in [b"latin\xe9.py".as_slice(), b"latin\xea.py", b"dir\xfe/inner\xff.py", b"\xff\xfe.py"] {
        std::fs::write(name(path), code("x")).expect("files can be written");
    }
    let report = ground.check_in_every_format(&[]);
    let found = report.paths();
    assert_eq!(found.iter().filter(|path| !path.starts_with("witness")).count(), 4, "{found:?}");
    let mut distinct = found.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), found.len(), "names stay apart: {found:?}");
    for (_, format) in Format::ALL {
        let ran = ground.check(&[OsStr::from_bytes(b"latin\xe9.py"), "--output-format".as_ref(), OsStr::new(format)]);
        assert_eq!(ran.code, Some(1), "a file that is named so is found: {}", ran.err());
    }
}

#[test]
fn deep_directories_are_walked() {
    let ground = Ground::new("names-deep");
    let mut path = String::new();
    // Within what a path may be on most systems.
    for _ in 0..60 {
        path += "directory/";
    }
    let file = format!("{path}deep.py");
    if std::fs::create_dir_all(ground.root.join(&path)).is_err() {
        return;
    }
    ground.write(&file, code("deep"));
    assert!(ground.check_in_every_format(&[]).finds(&file));
}
