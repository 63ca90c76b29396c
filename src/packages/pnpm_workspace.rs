//! `pnpm-workspace.yaml`.

use super::Declared;
use super::npm_declared::workspace_declared;
use super::tree::{Branch, Broken, yaml};

/// The globs under `packages`, and what the catalogs and overrides say.
pub(super) fn pnpm_workspace(text: &str) -> Result<(Vec<String>, Vec<Declared>), Broken> {
    let tree = yaml(text)?;
    let globs = tree.root().items(&["packages"]).filter_map(Branch::text).map(str::to_owned).collect();
    Ok((globs, workspace_declared(tree.root())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(text: &str) -> Vec<String> {
        pnpm_workspace(text).unwrap_or_else(|broken| panic!("{broken:?}")).0
    }

    #[test]
    fn both_forms_are_read() {
        let block = "# x\ncatalog:\n  packages: 1\n\npackages:\n  # all\n  - 'packages/*'\n  - apps/** # y\n  - \"!**/test\"\nother:\n  - no\n";
        assert_eq!(packages(block), ["packages/*", "apps/**", "!**/test"]);
        assert_eq!(packages("packages: [\"a/*\", b]\n"), ["a/*", "b"]);
        assert_eq!(packages("packages: [\n  'a/*',\n  'b'\n]\nx: [c]"), ["a/*", "b"]);
        assert_eq!(packages("allowBuilds:\n  - x\n"), Vec::<String>::new());
    }
}
