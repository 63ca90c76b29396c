//! `setup.cfg`, in the notation of Python's `configparser`.

use super::Kind;
use super::pyproject::PythonManifest;
use super::python_version::specifier_floor;
use super::requirement::{normalise, requirement};

/// Reads a `setup.cfg`; `None` when it only configures tools.
pub(super) fn setup_cfg(text: &str) -> Option<PythonManifest> {
    let mut manifest = PythonManifest::default();
    let mut is_project = false;
    for option in options(text) {
        let lines = || option.lines.iter().copied().filter(|line| !line.is_empty());
        let is_extra = matches!(option.section, "options.extras_require" | "options.entry_points");
        is_project |= is_extra || matches!(option.section, "metadata" | "options");
        let kind = match (option.section, option.key.as_str()) {
            ("metadata", "name") => {
                manifest.python.name = lines().next().and_then(normalise);
                continue;
            }
            ("options", "python_requires") => {
                manifest.python_floor = lines().next().and_then(specifier_floor);
                continue;
            }
            ("options", "package_dir") => {
                let roots =
                    lines().filter_map(|line| line.split_once('=')).filter(|(package, _)| package.trim().is_empty());
                manifest.python.package_dirs.extend(roots.map(|(_, dir)| dir.trim().to_owned()));
                continue;
            }
            ("options.packages.find", "where") => {
                manifest.python.package_dirs.extend(lines().map(str::to_owned));
                continue;
            }
            ("options.entry_points", "console_scripts" | "gui_scripts") => {
                let targets = lines().filter_map(|line| line.split_once('='));
                manifest.python.scripts.extend(targets.map(|(_, target)| target.trim().to_owned()));
                continue;
            }
            ("options", "install_requires") => Kind::Runtime,
            ("options", "tests_require") => Kind::Development,
            ("options", "setup_requires") => Kind::Build,
            ("options.extras_require", extra) => Kind::Extra(normalise(extra).unwrap_or_default()),
            _ => continue,
        };
        for line in lines() {
            match line.strip_prefix("file:") {
                Some(file) => manifest.files.push((file.trim().to_owned(), kind.clone())),
                None => manifest.declared.extend(requirement(text, line, &kind)),
            }
        }
    }
    is_project.then_some(manifest)
}

/// An option of a section and the lines of its value.
struct Setting<'a> {
    section: &'a str,
    key: String,
    lines: Vec<&'a str>,
}

fn options(text: &str) -> Vec<Setting<'_>> {
    let mut options: Vec<Setting<'_>> = Vec::new();
    let mut section = "";
    let mut continues = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            if let Some(option) = options.last_mut().filter(|_| continues) {
                option.lines.push(trimmed);
            }
        } else if let Some(name) = trimmed.strip_prefix('[') {
            section = name.trim_end_matches(']').trim();
            continues = false;
        } else if let Some((key, value)) = trimmed.split_once(['=', ':']) {
            let key = key.trim().to_ascii_lowercase().replace('-', "_");
            options.push(Setting { section, key, lines: vec![value.trim()] });
            continues = true;
        }
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_read() {
        let text = "[metadata]\nname = My_App\n\n[options]\npackage_dir =\n    = src\npython_requires = >=3.8\n\
            install_requires =\n    requests>=2\n    # no\n    importlib-metadata; python_version < \"3.10\"\n\
            [options.extras_require]\ndev = pytest\n[options.packages.find]\nwhere = lib\n\
            [options.entry_points]\nconsole_scripts =\n    run = app.cli:main\n";
        let manifest = setup_cfg(text).expect("a project");
        assert_eq!(manifest.python.name.as_deref(), Some("my-app"));
        assert_eq!(manifest.python_floor, Some((3, 8)));
        let names: Vec<_> = manifest.declared.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["requests", "importlib-metadata", "pytest"]);
        assert_eq!(manifest.python.package_dirs.iter().collect::<Vec<_>>(), ["lib", "src"]);
        assert_eq!(manifest.python.scripts.iter().collect::<Vec<_>>(), ["app.cli:main"]);
    }

    #[test]
    fn tool_settings_make_no_project() {
        assert_eq!(setup_cfg("[flake8]\nmax-line-length = 100\n"), None);
        assert_eq!(setup_cfg("  stray\n[x\n=\n"), None);
    }
}
