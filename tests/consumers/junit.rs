//! `JUnit`: an XML parser, and the elements and attributes of the schema by which Jenkins checks reports
//! (`junit-10.xsd` of its xunit plugin).

use roxmltree::{Document, Node};

use super::Seen;

type Words = &'static [&'static str];
/// Elements with what may be in them, the attributes they must have and may have.
const ELEMENTS: &[(&str, Words, Words, Words)] = &[
    ("testsuites", &["testsuite"], &[], &["name", "time", "tests", "failures", "errors"]),
    (
        "testsuite",
        &["testsuite", "properties", "testcase", "system-out", "system-err"],
        &["name", "tests", "failures", "errors"],
        &["group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url", "version"],
    ),
    (
        "testcase",
        &["skipped", "error", "failure", "system-out", "system-err"],
        &["name"],
        &["time", "classname", "group"],
    ),
    ("failure", &[], &[], &["type", "message"]),
    ("system-out", &[], &[], &[]),
];

pub(crate) fn junit(text: &str) -> Vec<Seen> {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    for node in root.descendants() {
        assert!(node.is_element() || node.is_text(), "no comments and no instructions: {node:?}");
        if node.is_element() {
            check_element(node);
        }
    }
    let suites: Vec<Node> = root.children().filter(Node::is_element).collect();
    for suite in suites.iter().chain([&root]) {
        for (attribute, element) in [("tests", "testcase"), ("failures", "failure"), ("errors", "error")] {
            let counted = suite.descendants().filter(|node| node.has_tag_name(element)).count();
            assert_eq!(suite.attribute(attribute), Some(counted.to_string().as_str()), "{attribute} are counted");
        }
    }
    assert!(suites.iter().all(|suite| suite.descendants().any(|node| node.has_tag_name("testcase"))));
    root.descendants().filter(|node| node.has_tag_name("failure")).map(seen).collect()
}

fn check_element(node: Node) {
    let name = node.tag_name().name();
    let known = ELEMENTS.iter().find(|(known, ..)| *known == name);
    let (_, children, required, optional) = known.unwrap_or_else(|| panic!("no element {name} was meant"));
    for child in node.children().filter(Node::is_element) {
        assert!(children.contains(&child.tag_name().name()), "{child:?} in {name}");
    }
    let holds_text = ["failure", "system-out"].contains(&name);
    let is_blank = |child: Node| child.text().is_none_or(|text| text.trim().is_empty());
    assert!(holds_text || node.children().filter(Node::is_text).all(is_blank), "text in {name}");
    for attribute in node.attributes() {
        assert!(
            required.contains(&attribute.name()) || optional.contains(&attribute.name()),
            "{attribute:?} of {name}"
        );
    }
    assert!(required.iter().all(|required| node.has_attribute(*required)), "{name} lacks an attribute");
}

fn seen(failure: Node) -> Seen {
    let suite = failure.ancestors().find(|node| node.has_tag_name("testsuite")).expect("a failure is in a suite");
    let path = suite.attribute("file").expect("a suite has its file");
    let message = failure.attribute("message").expect("a failure says what");
    let line = message.strip_prefix(path).and_then(|rest| rest.strip_prefix(':')?.split_once(':'));
    Seen {
        path: path.to_owned(),
        line: line.and_then(|(line, _)| line.parse().ok()).expect("a failure says where"),
        rule: failure.attribute("type").expect("a failure names its rule").to_owned(),
    }
}
