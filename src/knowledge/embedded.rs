//! The tables that are part of the program: every file of `queries/apis`.

use super::model::Platform;

/// Name and text of each table file of a platform. Add a new file here.
pub(super) fn texts_of(platform: Platform) -> &'static [(&'static str, &'static str)] {
    match platform {
        Platform::Node => NODE,
        Platform::Python => PYTHON,
    }
}

macro_rules! tables {
    ($($file:literal),* $(,)?) => {
        &[$((concat!("queries/apis/", $file), include_str!(concat!("../../queries/apis/", $file)))),*]
    };
}

const NODE: &[(&str, &str)] = tables![
    "deeds-node.toml",
    "node-any.toml",
    "node-events.toml",
    "node-files.toml",
    "node-regex.toml",
    "node.toml",
    "npm-backends.toml",
    "npm-calls.toml",
    "npm-crypto.toml",
    "npm-data.toml",
    "npm-databases.toml",
    "npm-documents.toml",
    "npm-files.toml",
    "npm-frameworks.toml",
    "npm-hosts.toml",
    "npm-images.toml",
    "npm-markup.toml",
    "npm-messages.toml",
    "npm-render.toml",
    "npm-web.toml",
];

const PYTHON: &[(&str, &str)] = tables![
    "deeds-python.toml",
    "pypi-ai.toml",
    "pypi-async.toml",
    "pypi-crypto.toml",
    "pypi-documents.toml",
    "pypi-http.toml",
    "pypi-language.toml",
    "pypi-learning.toml",
    "pypi-models.toml",
    "pypi-nosql.toml",
    "pypi-orm.toml",
    "pypi-queues.toml",
    "pypi-saas.toml",
    "pypi-services.toml",
    "pypi-sql.toml",
    "pypi-stripe.toml",
    "pypi-system.toml",
    "pypi-text.toml",
    "pypi-vectors.toml",
    "python-any.toml",
    "python-asyncio.toml",
    "python-data.toml",
    "python-files.toml",
    "python-network.toml",
    "python-processes.toml",
    "python-regex.toml",
    "python-threads.toml",
    "web-python-bots.toml",
    "web-python-django.toml",
    "web-python-fastapi.toml",
    "web-python-files.toml",
    "web-python-flask.toml",
    "web-python-jobs.toml",
    "web-python-loop.toml",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/queries/apis");
        let mut present: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder is there")
            .map(|entry| format!("queries/apis/{}", entry.expect("readable").file_name().to_string_lossy()))
            .collect();
        let mut listed: Vec<String> = Platform::ALL
            .iter()
            .flat_map(|(platform, _)| texts_of(*platform))
            .map(|(name, _)| (*name).to_owned())
            .collect();
        present.sort();
        listed.sort();
        assert_eq!(listed, present);
    }
}
