//! What is no regular file, leads out of the repository or may not be read.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use crossgrain::report::Format;

use crate::ground::Ground;

/// Stands in every file outside of the repository.
const CANARY: &str = "canary_4f1d";

/// A repository with its neighbour, which is nobody's business.
struct Border {
    ground: Ground,
    outside: PathBuf,
}

impl Border {
    fn new(name: &str) -> Border {
        let ground = Ground::new(&format!("{name}/inside"));
        let outside = ground.root.parent().expect("it has one").join("outside");
        let _ = fs::remove_dir_all(&outside);
        fs::create_dir(&outside).expect("directories can be made");
        let border = Border { ground, outside };
        border.write("secret.py", &format!("import time\nasync def {CANARY}():\n    time.sleep(5)  # {CANARY}\n"));
        border
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.outside.join(name);
        fs::write(&path, text).expect("files can be written");
        path
    }

    fn link(&self, target: impl AsRef<Path>, name: &str) {
        let link = self.ground.root.join(name);
        fs::create_dir_all(link.parent().expect("it has one")).expect("directories can be made");
        symlink(target, link).expect("links can be made");
    }

    /// Nothing of the outside is shown, whatever the arguments and the format.
    fn assert_tight(&self, arguments: &[&str]) {
        for (_, format) in Format::ALL {
            let ran = self.ground.check(&[arguments, &["--output-format", format]].concat());
            for text in [ran.out(), ran.err()] {
                assert!(!text.contains(CANARY), "{arguments:?} {format} shows the outside: {text}");
            }
        }
    }
}

fn fifo(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().expect("mkfifo is there");
    assert!(made.success());
}

#[test]
fn link_loops_end() {
    let border = Border::new("loops");
    border.link(".", "here");
    border.link("..", "sub/up");
    border.link("../sub", "sub/again");
    border.link("b.py", "a.py");
    border.link("a.py", "b.py");
    border.link("self.js", "self.js");
    border.link("nowhere.py", "dangling.py");
    let report = border.ground.check_in_every_format(&[]);
    for path in ["a.py", "b.py", "self.js", "dangling.py"] {
        assert!(report.skipped(path).is_some_and(|reason| reason.starts_with("unreadable")), "{path}: {report:?}");
    }
    assert_eq!(report.paths().len(), 2, "each file once: {report:?}");
}

#[test]
fn devices_and_pipes_stay_closed() {
    let border = Border::new("devices");
    let root = &border.ground.root;
    border.link("/dev/zero", "zero.py");
    border.link("/dev/stdin", "stdin.js");
    border.link("/dev/tty", "tty.ts");
    border.link("/proc/self/mem", "mem.py");
    fifo(&root.join("pipe.py"));
    fifo(&root.join("pipe"));
    fs::create_dir(root.join("directory.js")).expect("directories can be made");
    let _socket = UnixListener::bind(root.join("socket.py"));
    let report = border.ground.check_in_every_format(&[]);
    for path in ["zero.py", "tty.ts"] {
        assert_eq!(report.skipped(path), Some("a link out of the repository"), "{path}");
    }
    assert_eq!(report.skipped("pipe.py"), Some("not a regular file"));
    for path in ["zero.py", "pipe.py", "pipe", "/dev/zero"] {
        let ran = border.ground.check(&[path]);
        assert_eq!(ran.code, Some(2), "{path} as an argument: {}{}", ran.out(), ran.err());
    }
}

/// Every file that crossgrain reads beside source code may be a trap as well.
#[test]
fn special_files_in_place_of_manifests_and_configuration_stay_closed() {
    const READ: &[&str] = &[
        ".gitignore",
        ".ignore",
        ".nvmrc",
        ".node-version",
        "package.json",
        "tsconfig.json",
        "jsconfig.json",
        "pnpm-workspace.yaml",
        "pyproject.toml",
        "setup.cfg",
        "setup.py",
        "requirements.txt",
        "crossgrain.toml",
    ];
    let border = Border::new("manifests");
    for name in READ {
        border.link("/dev/zero", &format!("zero/{name}"));
        border.link("/dev/zero", &format!("zero-alone/{name}/{name}"));
        border.ground.write(format!("pipe/{name}.txt"), "");
        fifo(&border.ground.root.join("pipe").join(name));
        fs::create_dir_all(border.ground.root.join("directory").join(name)).expect("directories can be made");
        border.link(name, &format!("loop/{name}"));
        // Where it stands at the root, too.
        let ground = Ground::new(&format!("manifests-{name}"));
        fifo(&ground.root.join(name));
        ground.check(&["--output-format", "json"]);
        ground.check(&["witness.py", "--output-format", "json"]);
    }
    let python = "import time\nasync def f():\n    time.sleep(5)\n";
    for directory in ["zero", "pipe", "directory", "loop"] {
        border.ground.write(format!("{directory}/inner.py"), python);
    }
    for directory in ["zero", "pipe", "loop"] {
        let ran = border.ground.check(&[directory]);
        assert!(ran.code.is_some_and(|code| code <= 2), "{directory}: {}", ran.err());
    }
    for directory in ["zero", "pipe", "loop"] {
        fs::remove_file(border.ground.root.join(directory).join("crossgrain.toml")).expect("it was there");
        fs::remove_file(border.ground.root.join(directory).join("pyproject.toml")).expect("it was there");
        fs::remove_file(border.ground.root.join(directory).join("package.json")).expect("it was there");
    }
    let report = border.ground.check_in_every_format(&["--isolated"]);
    for directory in ["zero", "pipe", "directory", "loop"] {
        assert!(report.finds(&format!("{directory}/inner.py")), "{directory}: {report:?}");
    }
}

#[test]
fn the_outside_is_neither_read_nor_shown() {
    let border = Border::new("outside");
    let secret = border.outside.join("secret.py");
    border.link(&secret, "absolute.py");
    border.link("../outside/secret.py", "relative.py");
    border.link("relative.py", "twice.py");
    border.link(&border.outside, "directory");
    border.link("../../outside", "sub/directory.js");
    border.ground.write("caller.py", "import absolute\nfrom directory import secret\nasync def f():\n    secret.x()\n");
    let report = border.ground.check_in_every_format(&[]);
    for path in ["absolute.py", "relative.py", "twice.py"] {
        assert_eq!(report.skipped(path), Some("a link out of the repository"), "{path}: {report:?}");
    }
    border.assert_tight(&[]);
    border.assert_tight(&["--pedantic", "--min-confidence", "possible", "--min-severity", "info", "--statistics"]);
    for argument in ["absolute.py", "twice.py", "directory", "directory/secret.py", "sub/directory.js"] {
        border.assert_tight(&[argument]);
        border.assert_tight(&[".", argument]);
    }
}

#[test]
fn manifests_outside_are_neither_read_nor_shown() {
    let border = Border::new("outside-manifests");
    let json = border.write("package.json", &format!("{{ \"{CANARY}\": [ {CANARY}"));
    let toml = border.write("x.toml", &format!("{CANARY} = [\n"));
    let text = border.write("x.txt", &format!("{CANARY}\n"));
    for (name, target) in [
        ("package.json", &json),
        ("tsconfig.json", &json),
        ("pyproject.toml", &toml),
        ("crossgrain.toml", &toml),
        ("setup.cfg", &text),
        ("setup.py", &text),
        (".nvmrc", &text),
        ("requirements.txt", &text),
        (".gitignore", &text),
    ] {
        border.link(target, &format!("sub/{name}"));
        border.link(target, name);
        border.assert_tight(&[]);
        border.assert_tight(&["sub"]);
        border.assert_tight(&["--show-settings"]);
        fs::remove_file(border.ground.root.join(name)).expect("it was there");
        fs::remove_file(border.ground.root.join("sub").join(name)).expect("it was there");
    }
    border.ground.write("tsconfig.json", r#"{ "extends": "../outside/package.json" }"#);
    border.ground.write(
        "package.json",
        r#"{ "workspaces": ["../outside", "/", "../../../../**"], "main": "../outside/secret.py" }"#,
    );
    border.ground.write("requirements.txt", "-r ../outside/x.txt\n");
    border.assert_tight(&[]);
}

#[test]
fn reports_are_not_written_through_links() {
    let border = Border::new("outside-report");
    let target = border.write("target.txt", "mine\n");
    border.link(&target, "crossgrain.sarif");
    let ran = border.ground.check(&["--output-format", "sarif=crossgrain.sarif"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err());
    assert_eq!(fs::read_to_string(target).ok().as_deref(), Some("mine\n"));
}

#[test]
fn what_may_not_be_read_is_named() {
    let border = Border::new("unreadable");
    let python = "import time\nasync def f():\n    time.sleep(5)\n";
    for path in ["locked.py", "locked/inner.py", "package.json"] {
        border.ground.write(path, python);
    }
    let lock = |path: &str, mode| {
        fs::set_permissions(border.ground.root.join(path), fs::Permissions::from_mode(mode)).expect("modes can be set");
    };
    for path in ["locked.py", "locked", "package.json"] {
        lock(path, 0o000);
    }
    // Nothing is locked for root.
    let is_root = fs::read(border.ground.root.join("locked.py")).is_ok();
    if !is_root {
        let report = border.ground.check_in_every_format(&[]);
        assert_eq!(report.skipped("locked.py"), Some("unreadable: permission denied"));
        assert!(report.skipped("locked/").or(report.skipped("locked")).is_some(), "{report:?}");
        assert!(report.problem("package.json").is_some(), "{report:?}");
    }
    for path in ["locked.py", "locked", "package.json"] {
        lock(path, 0o755);
    }
}

/// The file has gone, or grown, between the walk and the read.
#[test]
fn files_that_change_meanwhile_do_no_harm() {
    let ground = Ground::new("changing");
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut round = 0_u32;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                round += 1;
                let path = ground.root.join(format!("changing{}.py", round % 50));
                let _ = if round.is_multiple_of(3) {
                    fs::remove_file(path)
                } else {
                    fs::write(path, "x = 1\n".repeat(100))
                };
            }
        });
        for _ in 0..5 {
            ground.check(&["--output-format", "json"]).report();
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}
