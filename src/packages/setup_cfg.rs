//! `setup.cfg`, in the notation of Python's `configparser`.

use super::pyproject::PythonManifest;
use super::python_version::specifier_floor;
use super::requirement::{normalise, requirement_name};

/// Reads a `setup.cfg`; `None` when it only configures tools.
pub(super) fn setup_cfg(text: &str) -> Option<PythonManifest> {
    let options = options(text);
    let mut manifest = PythonManifest::default();
    let mut is_project = false;
    for (section, key, value) in &options {
        let lines = || value.lines().map(str::trim).filter(|line| !line.is_empty());
        let is_extra = section == "options.extras_require" || section == "options.entry_points";
        is_project |= is_extra || section == "metadata" || section == "options";
        match (section.as_str(), key.as_str()) {
            ("metadata", "name") => manifest.python.name = normalise(value),
            ("options", "python_requires") => manifest.python_floor = specifier_floor(value),
            ("options", "install_requires" | "tests_require" | "setup_requires") | ("options.extras_require", _) => {
                manifest.dependencies.extend(lines().filter_map(requirement_name));
            }
            ("options", "package_dir") => {
                let roots =
                    lines().filter_map(|line| line.split_once('=')).filter(|(package, _)| package.trim().is_empty());
                manifest.python.package_dirs.extend(roots.map(|(_, dir)| dir.trim().to_owned()));
            }
            ("options.packages.find", "where") => manifest.python.package_dirs.extend(lines().map(str::to_owned)),
            ("options.entry_points", "console_scripts" | "gui_scripts") => {
                let targets = lines().filter_map(|line| line.split_once('='));
                manifest.python.scripts.extend(targets.map(|(_, target)| target.trim().to_owned()));
            }
            _ => {}
        }
    }
    is_project.then_some(manifest)
}

/// Section, key and value of every option; the lines of a value are kept apart.
fn options(text: &str) -> Vec<(String, String, String)> {
    let mut options: Vec<(String, String, String)> = Vec::new();
    let mut section = "";
    let mut continues = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            if let Some((_, _, value)) = options.last_mut().filter(|_| continues) {
                value.push('\n');
                value.push_str(trimmed);
            }
        } else if let Some(name) = trimmed.strip_prefix('[') {
            section = name.trim_end_matches(']').trim();
            continues = false;
        } else if let Some((key, value)) = trimmed.split_once(['=', ':']) {
            let key = key.trim().to_ascii_lowercase().replace('-', "_");
            options.push((section.to_owned(), key, value.trim().to_owned()));
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
        assert_eq!(manifest.dependencies.iter().collect::<Vec<_>>(), ["importlib-metadata", "pytest", "requests"]);
        assert_eq!(manifest.python.package_dirs.iter().collect::<Vec<_>>(), ["lib", "src"]);
        assert_eq!(manifest.python.scripts.iter().collect::<Vec<_>>(), ["app.cli:main"]);
    }

    #[test]
    fn tool_settings_make_no_project() {
        assert_eq!(setup_cfg("[flake8]\nmax-line-length = 100\n"), None);
        assert_eq!(setup_cfg("  stray\n[x\n=\n"), None);
    }
}
