//! `environment.yml`.

use super::requirement::{normalise, requirement_at};
use super::tree::{Branch, Broken, yaml};
use super::{Declared, Ecosystem, Kind, Origin};

/// The packages of an environment, those of its `pip` list included.
pub(super) fn environment(text: &str) -> Result<Vec<Declared>, Broken> {
    let tree = yaml(text)?;
    let mut declared = Vec::new();
    for item in tree.root().items(&["dependencies"]) {
        declared.extend(item.text().and_then(|text| conda(item, text)));
        let pip = item.items(&["pip"]);
        declared.extend(pip.filter_map(|item| requirement_at(item.place(), item.text()?, &Kind::Runtime)));
    }
    Ok(declared)
}

/// `channel::name=1.2=build`, `name>=1`.
fn conda(item: Branch<'_>, text: &str) -> Option<Declared> {
    let spec = text.rsplit("::").next().unwrap_or(text);
    let end = spec.find(|letter: char| "=<>! ".contains(letter)).unwrap_or(spec.len());
    let (name, specifier) = spec.split_at(end);
    let (start, end) = item.place();
    Some(Declared {
        manifest: String::new(),
        start,
        end,
        ecosystem: Ecosystem::Conda,
        name: normalise(name)?,
        specifier: specifier.trim().to_owned(),
        kind: Kind::Runtime,
        extras: Vec::new(),
        marker: None,
        origin: Origin::Registry,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ecosystems_are_read() {
        let text = "name: x\nchannels: [conda-forge]\ndependencies:\n  - python=3.12\n  - conda-forge::numpy >=1\n  - pip:\n    - Flask==3\n    - -r more.txt\n";
        let found = environment(text).expect("valid");
        let shown: Vec<_> =
            found.iter().map(|one| (one.ecosystem, one.name.as_str(), one.specifier.as_str())).collect();
        assert_eq!(
            shown,
            [
                (Ecosystem::Conda, "python", "=3.12"),
                (Ecosystem::Conda, "numpy", ">=1"),
                (Ecosystem::Pypi, "flask", "==3"),
            ]
        );
    }
}
